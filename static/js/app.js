// Small comforts. Every page works without this file.
(() => {
  "use strict";

  // Without script the card shows while the focus is in its figure; is-shut keeps a closed one closed until the focus leaves.
  const closeFigure = (figure) => {
    figure.classList.remove("is-open");
    figure.classList.toggle("is-shut", figure.contains(document.activeElement));
    figure.querySelector("a").setAttribute("aria-expanded", "false");
  };

  const openFigure = (figure) => {
    document.querySelectorAll(".fig.is-open").forEach(closeFigure);
    figure.classList.remove("is-shut");
    figure.classList.add("is-open");
    figure.querySelector("a").setAttribute("aria-expanded", "true");
    const card = figure.querySelector(".fig-card");
    if (!card.querySelector(".fig-x")) {
      const close = document.createElement("button");
      close.type = "button";
      close.className = "fig-x";
      close.setAttribute("aria-label", "关闭");
      close.textContent = "✕";
      card.prepend(close);
    }
    figure.classList.toggle("flip", card.getBoundingClientRect().right > window.innerWidth - 16);
  };

  document.addEventListener("click", (event) => {
    const figure = event.target.closest(".fig");
    if (figure && event.target.closest(".fig-x")) {
      closeFigure(figure);
      figure.querySelector("a").focus();
    } else if (figure && figure.querySelector(".fig-card") && event.target.closest(".fig > a")) {
      event.preventDefault();
      if (figure.classList.contains("is-open")) {
        closeFigure(figure);
      } else {
        openFigure(figure);
      }
    } else if (!figure) {
      document.querySelectorAll(".fig.is-open").forEach(closeFigure);
    }
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) {
        menu.open = false;
      }
    });
  });

  document.addEventListener("focusout", (event) => {
    const figure = event.target.closest(".fig.is-shut");
    if (figure && !figure.contains(event.relatedTarget)) {
      figure.classList.remove("is-shut");
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") {
      return;
    }
    document.querySelectorAll(".fig.is-open, .fig:focus-within").forEach((figure) => {
      closeFigure(figure);
      figure.querySelector("a").focus();
    });
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });

  // What was left open in a form of filters does not stand in the address.
  document.addEventListener("htmx:configRequest", (event) => {
    const sent = event.detail.formData;
    if (event.detail.verb === "get" && sent) {
      [...sent.keys()].filter((name) => !sent.getAll(name).some(Boolean)).forEach((name) => sent.delete(name));
    }
  });

  // The bar for the ticked rows shows when one is ticked, and says how many are.
  const countTicked = (form) => {
    const ticked = form.querySelectorAll("input[name=pick]:checked").length;
    form.querySelector(".bulk").hidden = ticked === 0;
    form.querySelector("[data-bulk-number]").textContent = ticked;
  };
  const watchTicks = () => document.querySelectorAll("form[data-bulk]").forEach(countTicked);
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-bulk]");
    if (form && event.target.name === "pick") {
      countTicked(form);
    }
  });
  document.addEventListener("htmx:afterSettle", watchTicks);
  window.addEventListener("pageshow", watchTicks);
})();
