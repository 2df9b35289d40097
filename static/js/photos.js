// Photos are made smaller on the phone before they are sent, and shown before they are saved. Without this file everything
// works as well: the server does the same, only the way there takes longer.
(() => {
  "use strict";

  if (window.photosReady) {
    return;
  }
  window.photosReady = true;

  const SIDE = 2000; // as the server keeps them
  const SMALL_ENOUGH = 700 * 1024;
  const THUMB = 240;

  const drawn = (bitmap, side) => {
    const share = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(bitmap.width * share));
    canvas.height = Math.max(1, Math.round(bitmap.height * share));
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    return canvas;
  };

  const isPhoto = (file) => file.type.startsWith("image/") || /\.(heic|heif)$/i.test(file.name);

  // What will be sent, and a small picture of it; the file itself where this browser cannot read it.
  const prepared = async (file) => {
    if (!isPhoto(file)) {
      return { file, thumb: null };
    }
    let bitmap;
    try {
      bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    } catch {
      return { file, thumb: null };
    }
    const thumb = drawn(bitmap, THUMB);
    const isFine = file.size <= SMALL_ENOUGH && Math.max(bitmap.width, bitmap.height) <= SIDE && ["image/jpeg", "image/png"].includes(file.type);
    if (isFine || file.type === "image/png") {
      return { file, thumb };
    }
    const canvas = drawn(bitmap, SIDE);
    bitmap.close();
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    const name = file.name.replace(/\.[^.]*$/, "") + ".jpg";
    return { file: blob ? new File([blob], name, { type: "image/jpeg" }) : file, thumb };
  };

  const told = (size) => (size >= 1024 * 1024 ? `${(size / 1024 / 1024).toFixed(1)} MB` : `${Math.max(1, Math.round(size / 1024))} KB`);

  const set = (box) => {
    const input = box.querySelector("input[type=file]");
    const list = box.querySelector(".files-chosen");
    const said = box.querySelector(".files-said");
    const most = Number(box.dataset.most);
    let chosen = [];

    const show = () => {
      const bag = new DataTransfer();
      chosen.forEach((one) => bag.items.add(one.file));
      input.files = bag.files;
      list.replaceChildren(
        ...chosen.map((one) => {
          const item = document.createElement("li");
          if (one.thumb) {
            one.thumb.setAttribute("role", "img");
            one.thumb.setAttribute("aria-label", one.file.name);
            item.append(one.thumb);
          } else {
            const name = document.createElement("span");
            name.className = "files-name";
            name.textContent = one.file.name;
            item.append(name);
          }
          const away = document.createElement("button");
          away.type = "button";
          away.className = "files-away";
          away.setAttribute("aria-label", `不要 ${one.file.name}`);
          away.textContent = "✕";
          away.addEventListener("click", () => {
            chosen = chosen.filter((other) => other !== one);
            show();
          });
          item.append(away);
          return item;
        }),
      );
      list.hidden = !chosen.length;
      said.hidden = !chosen.length;
      said.textContent = `已选 ${chosen.length} 个，共 ${told(chosen.reduce((sum, one) => sum + one.file.size, 0))}`;
      box.querySelector(".files-pick span").textContent = chosen.length ? "再选几个" : "选照片或文件";
    };

    input.addEventListener("change", async () => {
      const fresh = [...input.files];
      said.hidden = false;
      said.textContent = "正在缩小照片…";
      const ready = await Promise.all(fresh.map(prepared));
      const both = [...chosen, ...ready];
      chosen = both.slice(0, most);
      show();
      if (both.length > most) {
        said.textContent = `一次最多 ${most} 个，后面的 ${both.length - most} 个没有放进来；保存以后可以再添`;
      }
    });
    box.classList.add("is-ready");
  };

  const start = () => {
    try {
      new DataTransfer(); // old browsers of WeChat cannot put a shrunk photo back
    } catch {
      return;
    }
    document.querySelectorAll("[data-files]").forEach(set);
  };
  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", start);
  } else {
    start();
  }
})();
