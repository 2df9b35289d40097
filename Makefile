# make run and make test stand on a fresh Debian 12 with python3, git and make, as root or with sudo.
# System libraries come by apt, Python packages by uv from uv.lock; everything else is in this repository.

PORT ?= 8000
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

RUN_PACKAGES := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
# libatomic1 is for the driver that Playwright brings.
TEST_PACKAGES := postgresql chromium poppler-utils libatomic1

export UV_PROJECT_ENVIRONMENT := $(VENV)
export UV_PYTHON_DOWNLOADS := never
export DEBIAN_FRONTEND ?= noninteractive
unexport VIRTUAL_ENV

# uv of the machine, else one of our own in .uv, which touches nothing of the system's Python.
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
UV_PACKAGES := $(shell command -v uv >/dev/null 2>&1 || test -x .uv/bin/uv || $(PYTHON) -m pip --version >/dev/null 2>&1 || echo python3-pip)

.PHONY: help run test check bench setup setup-dev format clean system-run system-test

help:
	@echo "make run      装好所需、载入演示县并启动网站：http://127.0.0.1:$(PORT)/（换端口：make run PORT=8080）"
	@echo "make test     全部测试（PostgreSQL 和 SQLite）"
	@echo "make check    格式、静态检查、类型、迁移、导入方向"
	@echo "make format   按项目的格式改写代码"
	@echo "make bench    速度与查询次数"
	@echo "make setup    只装好所需"
	@echo "make clean    删除虚拟环境和各种缓存（不动数据）"

run: setup
	@DEBUG=$${DEBUG:-1} $(BIN)/python manage.py migrate --verbosity 0
	@DEBUG=$${DEBUG:-1} $(BIN)/python manage.py load_demo --if-empty
	@echo "网站在 http://127.0.0.1:$(PORT)/ ，按 Ctrl+C 停止"
	@export DEBUG=$${DEBUG:-1}; $(BIN)/python manage.py run_jobs & jobs=$$!; \
	$(BIN)/python manage.py runserver --noreload 127.0.0.1:$(PORT) & server=$$!; \
	trap 'kill $$jobs $$server 2>/dev/null' EXIT INT TERM; wait $$server

# PostgreSQL first and the whole suite on SQLite last, so that the last line told is of the whole suite.
test: setup-dev
	$(BIN)/python -m tests.postgresql $(BIN)/pytest -n auto -m "not browser and not slow"
	@env -u DATABASE_URL $(BIN)/pytest -n auto

check: setup-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
# Not djlint's formatter: a line break that it puts between two inline parts is a blank on the page.
	$(BIN)/djlint --lint --quiet templates
	DEBUG=1 $(BIN)/mypy .
	DEBUG=1 $(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/lint-imports

format: setup-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup-dev
	@$(BIN)/python -m tests.bench

setup: system-run $(VENV)/.ready
setup-dev: system-run system-test $(VENV)/.ready-dev

system-run:
	@$(call apt_install,$(RUN_PACKAGES) $(UV_PACKAGES))

system-test:
	@$(call apt_install,$(TEST_PACKAGES))

$(VENV)/.ready: uv.lock | $(VENV)/bin/python
	$(UV) sync --frozen --no-dev --inexact --quiet
	@touch $@

$(VENV)/.ready-dev: uv.lock | $(VENV)/bin/python
	$(UV) sync --frozen --quiet
	@touch $@ $(VENV)/.ready

$(VENV)/bin/python: | system-run
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更新：make $(MAKECMDGOALS) PYTHON=/路径/python3"; exit 1; }
	@command -v uv >/dev/null 2>&1 || test -x .uv/bin/uv || $(PYTHON) -m pip install --quiet --root-user-action=ignore --target .uv uv
	@$(UV) venv --quiet --allow-existing --python "$$(command -v $(PYTHON))" $(VENV)

clean:
	rm -rf $(VENV) .uv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis staticfiles
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Installs what is missing of the packages named. Without apt the libraries are taken to be there some other way.
define apt_install
command -v dpkg-query >/dev/null 2>&1 || exit 0; \
missing=""; \
for package in $(1); do \
	test "$$(dpkg-query -W -f='$${db:Status-Status}' $$package 2>/dev/null)" = installed || missing="$$missing $$package"; \
done; \
test -n "$$missing" || exit 0; \
line="apt-get install -y --no-install-recommends$$missing"; \
if test "$$(id -u)" = 0; then sudo=""; \
elif command -v sudo >/dev/null 2>&1; then sudo="sudo DEBIAN_FRONTEND=$$DEBIAN_FRONTEND"; \
else echo "缺少系统软件包，请让管理员执行：apt-get update && $$line"; exit 1; fi; \
echo "安装系统软件包：$$missing"; \
$$sudo apt-get update -qq && $$sudo $$line >/dev/null || { echo "没有装上，请手工执行：apt-get update && $$line"; exit 1; }
endef
