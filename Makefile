# fh: one Makefile. LIB and PAR are ordered lists: a module may include headers of what stands before it, and no
# other of ours. `make layers` checks that; the lists are the architecture.

# one module per line, bottom first
LIB := \
	err \
	mem \
	buf \
	clock \
	io \
	path \
	file \
	sig \
	proc \
	loop \
	utf8 \
	js \
	js_text \
	js_view \
	js_fmt \
	js_edit \
	near \
	num \
	shq \
	opt \
	opt_row \
	opt_show \
	ini \
	pyscan \
	pydict \
	pylit \
	sha \
	box \
	track \
	frag \
	mp4 \
	project \
	state \
	state_path \
	state_edit \
	state_repr \
	state_show \
	state_scene \
	state_phase \
	state_words \
	state_verb \
	state_verb_field \
	state_verb_scene \
	state_cmd \

PAR := \

TOOLS := $(patsubst cmd/%.opt.c,%,$(wildcard cmd/*.opt.c))

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
DATADIR ?= $(PREFIX)/share
MANDIR ?= $(DATADIR)/man
LIBDIR ?= $(PREFIX)/lib
BASHDIR ?= $(DATADIR)/bash-completion/completions
ZSHDIR ?= $(DATADIR)/zsh/site-functions
FISHDIR ?= $(DATADIR)/fish/vendor_completions.d

# The user owns CFLAGS, CPPFLAGS and LDFLAGS; what the code needs is in ALL_*.
CFLAGS ?= -O2 -g
HARDEN ?= -fstack-protector-strong -fstack-clash-protection -D_FORTIFY_SOURCE=2
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wcast-qual -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 \
	-Wno-missing-field-initializers
PKGS := libbsd-overlay
PKGCONF ?= pkg-config

comma := ,
B := build/$(subst $(comma),-,$(or $(SAN),plain))$(if $(PORTABLE),-portable)$(if $(FLAVOUR),-$(FLAVOUR))
ALL_CPPFLAGS := -D_GNU_SOURCE -iquote lib $(if $(PORTABLE),-DFH_PORTABLE) $(shell $(PKGCONF) --cflags $(PKGS)) $(CPPFLAGS)
ifdef SAN
ALL_CFLAGS := -std=gnu11 $(WARN) -fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=all $(CFLAGS)
STATIC :=
else
ALL_CFLAGS := -std=gnu11 $(WARN) $(HARDEN) -fPIE $(CFLAGS)
# A static, position independent program starts in half the time of a dynamic one: no loader, no libraries to map.
STATIC ?= -static-pie
endif
ALL_LDFLAGS := $(if $(SAN),-fsanitize=$(SAN),$(STATIC) -Wl$(comma)-z$(comma)relro$(comma)-z$(comma)now) $(LDFLAGS)
LIBS := -ljson-c -linih -lcrypto -lbsd -lmd

LIBOBJ := $(LIB:%=$(B)/lib/%.o)
LIBFH := $(B)/libfh.a
BIN := $(TOOLS:%=$(B)/cmd/%)
UNIT := $(patsubst tests/unit/%_test.c,$(B)/tests/unit/%_test,$(wildcard tests/unit/*_test.c))

all: $(BIN)

$(LIBFH): $(LIBOBJ)
	@rm -f $@
	$(AR) rcs $@ $^

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/cmd/%: $(B)/cmd/%.o $(B)/cmd/%.opt.o $(LIBFH)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

# --- tests -------------------------------------------------------------------------------------------------------
# Unit tests link dynamically: Check is not made for static programs.
$(B)/tests/unit/%_test: $(B)/tests/unit/%_test.o $(LIBFH)
	$(CC) $(ALL_CFLAGS) $(if $(SAN),-fsanitize=$(SAN)) -o $@ $^ $(shell $(PKGCONF) --libs check) $(LIBS)

check-unit: $(UNIT)
	@for t in $(UNIT); do CK_DEFAULT_TIMEOUT=60 $(RUN) $$t || exit 1; done

check-cli: all
	@B=$(B) prove -j2 tests/cli

# What building and testing takes. Nothing to do costs one dpkg-query. ffmpeg brings the voice (flite) and draws with a
# DejaVu font.
DEPS := gcc make pkg-config libbsd-dev libmd-dev libssl-dev libinih-dev libjson-c-dev
DEPS_CHECK := check perl ffmpeg fonts-dejavu-core mandoc shellcheck valgrind
deps:
	@if command -v dpkg-query >/dev/null; then \
		there=$$(dpkg-query -W -f=' $${Package} $${db:Status-Status} ' $(DEPS) $(DEPS_CHECK) 2>/dev/null); \
		for p in $(DEPS) $(DEPS_CHECK); do case "$$there" in *" $$p installed "*) ;; *) miss="$$miss $$p";; esac; done; \
		[ -z "$$miss" ] || { sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; echo "installing$$miss"; \
		$$sudo apt-get update -qq && $$sudo apt-get install -y -qq --no-install-recommends $$miss; }; \
	else \
		for l in libbsd-overlay json-c libcrypto inih check; do $(PKGCONF) --exists $$l || miss="$$miss $$l"; done; \
		for c in $(CC) perl prove ffmpeg ffprobe mandoc shellcheck valgrind; do \
		command -v $$c >/dev/null || miss="$$miss $$c"; done; \
		[ -z "$$miss" ] || { echo "please install:$$miss" >&2; exit 1; }; \
	fi

# The sample project, built for real. It works on a copy, which stays: run again, it finds everything fresh. A file of the
# sample that is newer than the copy's is copied again, so either may be edited.
DEMO := build/demo
demo: deps
	@$(MAKE) -s all
	@mkdir -p $(DEMO); for f in tests/demo/project/*; do c=$(DEMO)/$${f##*/}; \
	if [ ! -e $$c ] || { [ $$f -nt $$c ] && [ $${f##*/} != project_state.json ]; }; then cp $$f $$c; fi; done
	@PATH="$(CURDIR)/$(B)/cmd:$$PATH" tests/demo/build.sh --wait $(DEMO)

# What must pass before a change lands: quick.
check-land: layers check-unit

layers:
	@seen=; for m in $(LIB); do seen="$$seen $$m cleanup"; \
	for h in $$(sed -n 's/^#include "\([a-z0-9_]*\)\.h"/\1/p' lib/$$m.c $$(ls lib/$$m.h 2>/dev/null)); do \
	case " $$seen " in *" $$h "*) ;; *) echo "lib/$$m may not include $$h.h" >&2; exit 1;; esac; done; done

clean:
	rm -rf build

.PHONY: all demo deps check-unit check-cli check-land layers clean
.DELETE_ON_ERROR:
.SECONDARY:
-include $(shell find $(B) -name '*.d' 2>/dev/null)
