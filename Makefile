# SPDX-License-Identifier: GPL-2.0
# What can be built, run and tested here; everything that is made goes to out/.
#
# Kbuild is a file of its own, so that the kernel's build system and DKMS need
# nothing of this one.

KVER ?= $(shell uname -r)
OUT := $(CURDIR)/out
TOOLS := $(OUT)/tools
PREFIX ?= /usr
IPLIBDIR ?= $(shell strings -a "$$(command -v ip || echo /sbin/ip)" \
	      2>/dev/null | grep -m 1 -E '^/.*/ip$$' || echo /usr/lib/ip)
RELEASE = $(or $(shell tools/vm/kernel release $(KVER)),$(error \
	  No module can be built for Linux $(KVER); see KVER= in "make help"))
HAVE_HEADERS = $(wildcard /lib/modules/$(KVER)/build/Makefile)

VERSION := $(shell sed -n 's/^MODULE_VERSION("\(.*\)");/\1/p' \
	     drivers/net/lag/main.c)
PLUGINS := link_lag.so link_lag_slave.so
CFLAGS ?= -O2 -g

.PHONY: all help modules tools install uninstall check check-debug \
	check-packages check-races soak interop bench bench-lacp unit \
	coverage coverage-module sim sim-long explore fuzz lint demo \
	shell deb clean

all: $(if $(HAVE_HEADERS),modules) tools
ifeq ($(HAVE_HEADERS),)
	@echo 'No module was built: there are no headers of the running kernel' \
	      '($(KVER)).' \
	      'On Debian: apt-get install linux-headers-$(KVER)'
endif

help:
	@echo 'make                 module for the running kernel, and tools'
	@echo 'make modules KVER=   module for another kernel: 6.1, 6.12, ...'
	@echo 'make tools           plug-in for ip, lagctl'
	@echo 'make install         module, tools and all that boots them (as root)'
	@echo 'make uninstall       take them back'
	@echo 'make deb             Debian packages, in out/deb/'
	@echo 'make demo            see it work, in a guest (KVER=6.1 or 6.12)'
	@echo 'make shell           a shell in a guest with it (KVER=)'
	@echo 'make check           all tests: unit, lint, builds, guests,' \
	      'a debug kernel'
	@echo 'make check-packages  packages and install on a Debian' \
	      'of their own (as root)'
	@echo 'make check-debug     selftests on kernels that check' \
	      'themselves (built once)'
	@echo 'make check-races     stress on a kernel that finds data races'
	@echo 'make soak            1,000 lags for half an hour, a million' \
	      'requests'
	@echo 'make interop         LACP with other implementations,' \
	      'also at the slow rate'
	@echo 'make bench           what packets cost and where flows go,' \
	      'beside bonding and team (BENCH_KERNELS=)'
	@echo 'make bench-lacp      LACP beside bonding and teamd, in figures'
	@echo 'make unit            tests of the LACP engine only'
	@echo 'make coverage        what of the engine they run'
	@echo 'make coverage-module what of the module the selftests run'
	@echo 'make sim             the engine in random simulated worlds'
	@echo 'make sim-long        the same and explore for SECONDS='
	@echo 'make explore         all that can happen to two small systems'
	@echo 'make fuzz            fuzzers of the engine; FUZZ_SECONDS= each'
	@echo 'make lint            style, layering, and what sparse, gcc and' \
	      'clang warn of'
	@echo 'make clean           remove out/ but for downloads;' \
	      'ALL=1: these too'

modules:
	tools/build.sh $(RELEASE)

tools: $(PLUGINS:%=$(TOOLS)/%) $(TOOLS)/lagctl

# ip resolves what the plug-in needs of it, each function when it is called
$(TOOLS)/link_lag.so: tools/ip/link_lag.c tools/ip/iproute2.h \
		tools/user/env.h tools/user/options.h \
		include/uapi/linux/if_lag.h \
		$(wildcard drivers/net/lag/engine/names.[ch])
	mkdir -p $(@D)
	$(CC) $(CFLAGS) -Wall -Wextra -fPIC -fvisibility=hidden -shared \
		-Iinclude/uapi -DLAG_VERSION='"$(VERSION)"' $(LDFLAGS) \
		-Wl,-z,lazy -o $@ $<

$(TOOLS)/link_lag_slave.so: $(TOOLS)/link_lag.so
	ln -sf link_lag.so $@

# One object per verb; the words are those of the module
LAGCTL := $(patsubst tools/lagctl/%.c,%,$(wildcard tools/lagctl/*.c)) names spread
LAGCTL_LIBS := -lmnl -ljansson -lyaml

$(TOOLS)/lagctl: $(LAGCTL:%=$(TOOLS)/lagctl.o/%.o)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LAGCTL_LIBS)

$(TOOLS)/lagctl.o/%.o: tools/lagctl/%.c Makefile
	mkdir -p $(@D)
	$(CC) $(CFLAGS) -Wall -Wextra -D_GNU_SOURCE -Iinclude/uapi \
		-DLAG_VERSION='"$(VERSION)"' -DIPLIBDIR='"$(IPLIBDIR)"' \
		-MMD -MP -c -o $@ $<

$(TOOLS)/lagctl.o/%.o: drivers/net/lag/engine/%.c Makefile
	mkdir -p $(@D)
	$(CC) $(CFLAGS) -Wall -Wextra -Iinclude/uapi -MMD -MP \
		-include tools/user/env.h -c -o $@ $<

-include $(wildcard $(TOOLS)/lagctl.o/*.d)

INSTALL = DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' IPLIBDIR='$(IPLIBDIR)' \
	  RELEASE='$(RELEASE)' tools/install.sh $@ module ip tools boot load

install: modules tools
	$(INSTALL)

# The headers may be gone by then
uninstall: RELEASE := $(KVER)
uninstall:
	$(INSTALL)

deb:
	tools/deps.sh tools deb
	tools/packaging/deb

sim explore:
	$(MAKE) -C tools/sim $(@:sim=random) OUT=$(OUT)/sim

sim-long:
	$(MAKE) -C tools/sim long OUT=$(OUT)/sim

fuzz:
	tools/deps.sh fuzz
	$(MAKE) -C tools/fuzz check OUT=$(OUT)/fuzz

unit:
	tools/deps.sh unit
	$(MAKE) -C selftests/unit check OUT=$(OUT)/unit

coverage:
	tools/deps.sh unit
	$(MAKE) -C selftests/unit coverage OUT=$(OUT)/unit

coverage-module:
	tools/test.sh coverage

lint:
	tools/test.sh lint build

check:
	tools/test.sh

check-packages: deb tools
	tools/deps.sh modules vm userland
	$(MAKE) --no-print-directory modules KVER=6.1
	tools/packaging/check.sh

check-debug:
	tools/test.sh uml smp

check-races:
	tools/test.sh races

soak:
	tools/test.sh soak

RUN_interop = tools/vm/vm -k $(KVER) --icount --lag --timeout 3600 \
	      --add selftests -- bash selftests/interop.sh --all
RUN_bench-lacp = tools/bench/lacp $(KVER)

interop bench-lacp: KVER = 6.12
interop bench-lacp:
	tools/deps.sh modules tools vm peers
	$(MAKE) --no-print-directory modules tools KVER=$(KVER)
	$(RUN_$@)

# Builds the module for each of BENCH_KERNELS
bench:
	tools/deps.sh modules tools vm
	tools/bench/packets

demo shell: KVER = 6.12
demo shell:
	tools/deps.sh modules tools vm
	$(MAKE) --no-print-directory modules tools KVER=$(KVER)
	tools/vm/$@ $(KVER)

clean:
	rm -rf $(if $(ALL),$(OUT),$(filter-out %/kernels %/lint %/userland,$(wildcard \
		$(OUT)/*)))
