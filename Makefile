# fh: one Makefile. LIB and PAR are ordered lists: a module may include headers of what stands before it, and no
# other of ours. `make layers` checks that; the lists are the architecture.

# one module per line, bottom first
LIB := \
	host \
	err \
	mem \
	buf \
	fnv \
	clock \
	io \
	path \
	file \
	mount \
	sig \
	proc \
	self \
	loop \
	turns \
	lanes \
	guard \
	kin \
	child \
	utf8 \
	js \
	js_text \
	js_view \
	js_fmt \
	js_put \
	js_edit \
	near \
	num \
	sum \
	shq \
	opt \
	opt_value \
	opt_parse \
	opt_help \
	opt_mdoc \
	opt_comp \
	opt_bash \
	opt_zsh \
	opt_fish \
	ini \
	pyscan \
	pydict \
	pylit \
	sha \
	box \
	track \
	frag \
	mp4 \
	peek \
	mpa \
	audio \
	command \
	fresh \
	font \
	slide \
	proof \
	render \
	project \
	voice \
	voice_keys \
	voice_cmd \
	state \
	state_cache \
	state_path \
	state_edit \
	state_repr \
	state_show \
	state_scene \
	scene \
	scene_tell \
	renderer \
	state_phase \
	state_int \
	state_seen \
	state_norm \
	state_apply \
	state_valid \
	state_words \
	state_verb \
	state_verb_field \
	state_verb_scene \
	state_verb_file \
	state_cmd \

# fh-parallel's rooms, cmd/fh-parallel/*.c, likewise
PAR := \
	args \
	rx_set \
	rx_read \
	rx_run \
	rx \
	record \
	opts \
	columns \
	feed \
	stock \
	source \
	value \
	perl \
	rpl \
	direct \
	pieces \
	tmpl \
	tmpl_expand \
	tmplfile \
	meter \
	batch \
	longest \
	border \
	bunch \
	block \
	feeder \
	key \
	part \
	intake \
	spread \
	pack \
	capture \
	packing \
	job \
	results_row \
	results \
	sched \
	observer \
	autojobs \
	memo \
	slots \
	login \
	group \
	hosts \
	hosts_int \
	hosts_file \
	hosts_table \
	ending \
	cells \
	screen \
	paint \
	chunk \
	pump \
	spool \
	output \
	output_int \
	output_dress \
	output_file \
	output_row \
	output_turn \
	output_job \
	joblog \
	progress \
	live \
	jsonlog \
	frame \
	stint \
	trace \
	timeline \
	recorder \
	ask \
	exec \
	exec_local \
	tmux \
	far \
	ferry \
	remote \
	remote_int \
	remote_way \
	remote_job \
	summon \
	survey \
	starter \
	agent_int \
	agent_start \
	agent_job \
	agent \
	worker \
	fleet \
	fleet_int \
	fleet_crew \
	fleet_hear \
	slurm \
	hold \
	engine \
	launch \
	launch_int \
	launch_text \
	launch_here \
	launch_far \
	busy \
	world \
	jobserver \
	run_int \
	run_say \
	run_list \
	run_observe \
	run_keep \
	run_signal \
	run_feed_open \
	run_feed \
	run_far \
	run_agents \
	run_hosts \
	run_turns \
	run_start \
	run_job \
	run_pack \
	run_order \
	run_relief \
	run_press \
	run_ask \
	run_open \
	run \
	sem \
	query \
	onall \
	main \

TOOLS := $(filter-out $(if $(filter main,$(PAR)),,fh-parallel),$(patsubst cmd/%.opt.c,%,$(wildcard cmd/*.opt.c)))

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
DATADIR ?= $(PREFIX)/share
LOADDIR ?= $(PREFIX)/lib/bash
MANDIR ?= $(DATADIR)/man
BASHDIR ?= $(DATADIR)/bash-completion/completions
ZSHDIR ?= $(DATADIR)/zsh/site-functions
FISHDIR ?= $(DATADIR)/fish/vendor_completions.d

# The user owns CFLAGS, CPPFLAGS and LDFLAGS; what the code needs is in ALL_*.
CFLAGS ?= -O2 -g
HARDEN ?= -fstack-protector-strong -fstack-clash-protection \
	$(if $(filter -O -O1 -O2 -O3 -Os -Og -Ofast,$(CFLAGS)),-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
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
LIBS := -ljson-c -linih -lcrypto -lbsd -lmd -lm

LIBFH := $(B)/libfh.a
BIN := $(TOOLS:%=$(B)/cmd/%)
# not under cmd/fh-parallel, which is the program
# a room may be a header alone
PAROBJ := $(foreach m,$(PAR),$(patsubst cmd/fh-parallel/%.c,$(B)/par/%.o,$(wildcard cmd/fh-parallel/$m.c)))
LIBPAR := $(B)/libpar.a
# What bash loads into itself: where its headers are, and not in a sanitizer's build (bash would have to be one too).
BASH_HEADERS ?= $(if $(SAN),,$(shell $(PKGCONF) --cflags-only-I bash 2>/dev/null))
SO := $(if $(strip $(BASH_HEADERS)),$(B)/shell/fh_builtins.so)
SO_OBJ := $(B)/pic/shell/fh_builtins.o $(B)/pic/shell/bash_host.o $(B)/pic/cmd/fh-state.opt.o $(B)/pic/cmd/fh-voicecheck.opt.o
SO_LIB := $(patsubst %,$(B)/pic/lib/%.o,$(filter-out host sum,$(LIB))) # sum wants libm, which is not made to go into it
TABLES := $(patsubst %.c,$(B)/%.o,$(wildcard cmd/*.opt.c))
UNIT := $(patsubst tests/unit/%_test.c,$(B)/tests/unit/%_test,$(wildcard tests/unit/*_test.c))
FUZZ := $(patsubst tests/fuzz/%_fuzz.c,$(B)/tests/fuzz/%_fuzz,$(wildcard tests/fuzz/*_fuzz.c))

all: $(BIN) $(or $(SO),no-builtins)

# The compiler's line as a file, made anew where it is another one, so that other flags make other objects.
FLAGS := $(strip $(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS))
ifneq ($(FLAGS),$(shell cat $(B)/flags 2>/dev/null))
$(B)/flags: FORCE
endif
$(B)/flags:
	@mkdir -p $(@D)
	@printf '%s\n' '$(FLAGS)' >$@

$(LIBFH): $(LIB:%=$(B)/lib/%.o)
	@rm -f $@
	$(AR) rcs $@ $^

$(B)/%.o: %.c $(B)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(THIS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/par/%.o: cmd/fh-parallel/%.c $(B)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/cmd/%: $(B)/cmd/%.o $(B)/cmd/%.opt.o $(LIBFH)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(LIBPAR): $(filter-out %/main.o,$(PAROBJ)) $(B)/cmd/fh-parallel.opt.o
	@rm -f $@
	$(AR) rcs $@ $^

$(B)/cmd/fh-parallel: $(B)/par/main.o $(LIBPAR) $(LIBFH)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

# --- inside bash --------------------------------------------------------------------------------------------------
# Its own objects: position independent, nothing visible but the two tables (bash has an xmalloc too), and with unwind tables,
# by which host_die releases what is held. The libraries go in where they are made for that, else they are loaded with it.
PIC_CFLAGS = $(filter-out -fPIE,$(ALL_CFLAGS)) -fPIC -fvisibility=hidden -fexceptions
$(B)/pic/shell/bash_host.o: shell/bash_host.c $(B)/flags
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -D_GNU_SOURCE -DSHELL -DHAVE_CONFIG_H -MMD -MP $(BASH_HEADERS:-I%=-isystem %) $(WARN) $(filter-out $(WARN) -fPIE,$(PIC_CFLAGS)) -c -o $@ $<

$(B)/pic/%.o: %.c $(B)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(PIC_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/shell/fh_builtins.so: $(SO_OBJ) $(SO_LIB) shell/fh_builtins.map
	@mkdir -p $(@D)
	@echo link $@
	@for way in "-Wl,-Bstatic $(LIBS) -Wl,-Bdynamic" "$(LIBS)"; do \
	$(CC) $(PIC_CFLAGS) -shared -static-libgcc -Wl,-z,relro,-z,now,-z,nodelete,--no-undefined-version \
	-Wl,--version-script=shell/fh_builtins.map -o $@ $(SO_OBJ) $(SO_LIB) $$way $(LDFLAGS) 2>$@.log && { rm -f $@.log; exit 0; }; done; cat $@.log >&2; exit 1
	@[ $(B) != build/plain ] || ln -sf ../$@ shell/fh_builtins.so

no-builtins:
	@$(if $(SAN),:,echo "note: fh_builtins.so is left out: no bash headers (Debian: bash-builtins)")

# --- what is made from the option tables, and committed -----------------------------------------------------------
tool_symbol = X($(subst -,_,$(1:fh-%=%)))
$(B)/cmd/fh-gen.o: THIS := '-DFH_TOOLS=$(foreach t,$(TOOLS),$(call tool_symbol,$t))'
$(B)/cmd/fh-gen.o: Makefile
$(B)/cmd/fh-gen: $(B)/cmd/fh-gen.o $(TABLES) $(LIBFH)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

gen: $(B)/cmd/fh-gen
	@$< write

check-gen: $(B)/cmd/fh-gen
	@$< check

# --- tests -------------------------------------------------------------------------------------------------------
# Unit tests link dynamically: Check is not made for static programs.
# A test may include fh-parallel's rooms too.
$(B)/tests/%.o: THIS := -iquote cmd/fh-parallel
# sim_test: the real run on a machine of its own (tests/unit/sim.h), which takes the place of these.
SEAMS := clock_mono_ns clock_wall_ns clock_sleep_ns cpu_count autojobs_look guard_open guard_close lanes_open kin_adopt kin_children \
	kin_below proc_spawn proc_kill proc_group_lives world_look world_wish kill loop_new loop_free loop_sig loop_watch loop_forget \
	loop_wait loop_next loop_share loop_tell_exits loop_reap loop_hurry turns_open turns_expect turns_close pump_new pump_set_file \
	pump_set_screen pump_free pump_put pump_bytes pump_run pump_is_empty pump_is_stalled pump_waits pump_unpack_status pump_was_cramped pump_failed
$(B)/tests/unit/sim_test: $(B)/tests/unit/sim_world.o
$(B)/tests/unit/sim_test: WRAP := $(SEAMS:%=-Wl,--wrap=%)
$(B)/tests/unit/%_test: $(B)/tests/unit/%_test.o $(LIBPAR) $(LIBFH)
	$(CC) $(ALL_CFLAGS) $(WRAP) $(if $(SAN),-fsanitize=$(SAN)) $(LDFLAGS) -o $@ $^ $(shell $(PKGCONF) --libs check) $(LIBS)

$(B)/tests/fuzz/%_fuzz: $(B)/tests/fuzz/%_fuzz.o $(if $(LIVE),,$(B)/tests/fuzz/replay.o) $(LIBPAR) $(LIBFH)
	$(CC) $(ALL_CFLAGS) $(if $(LIVE),-fsanitize=fuzzer) -o $@ $^ $(LIBS)

$(B)/tests/fuzz/tell: $(B)/tests/fuzz/tell.o $(LIBPAR) $(LIBFH)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(B)/tests/fuzz/again.so: tests/fuzz/again.c $(B)/flags
	@mkdir -p $(@D)
	$(CC) -std=gnu11 $(WARN) $(CFLAGS) -D_GNU_SOURCE -fPIC -shared -o $@ $< -ldl

$(B)/tests/inject/libfail.so: tests/inject/libfail.c $(B)/flags
	@mkdir -p $(@D)
	$(CC) -std=gnu11 $(WARN) $(CFLAGS) -D_GNU_SOURCE -fPIC -shared -o $@ $< -ldl

$(B)/tests/inject/killat: tests/inject/killat.c $(B)/flags
	@mkdir -p $(@D)
	$(CC) -std=gnu11 $(WARN) $(CFLAGS) -D_GNU_SOURCE -o $@ $<

units: $(UNIT)
fuzzers: $(FUZZ)
libfail: $(B)/tests/inject/libfail.so $(B)/tests/inject/killat

# `make check` runs every layer (tests/run says which), `make check-LAYER` one. The last line is the sum.
check: deps
	@MAKE='$(MAKE)' tests/run

check-%:
	@MAKE='$(MAKE)' tests/run $*

# What must pass before a change lands: quick.
check-land: layers check-gen units
	@for t in $(UNIT); do CK_DEFAULT_TIMEOUT=60 $(RUN) $$t || exit 1; done

layers:
	@tests/layers lib "$(LIB)"
	@tests/layers cmd/fh-parallel "$(LIB)" "$(PAR)"

fuzz:
	@MAKE='$(MAKE)' tests/fuzz/run

# The long forms of the tests (tests/soak says which). TIME: about how many seconds they may take together; without, what the counts
# in tests/NOTES take, some hours. SEED: the same again.
soak: deps
	@MAKE='$(MAKE)' tests/run soak

# Every script of the command line under valgrind: an hour.
valgrind-all: deps
	@MAKE='$(MAKE)' tests/run soak_valgrind

# What of the code the tests reach; what analyzers say of it.
coverage: deps
	@MAKE='$(MAKE)' tests/coverage

analyze:
	@tests/analyze

bench: all
	@FH='$(CURDIR)/$(B)/cmd' tests/bench/run

deps:
	@CC='$(CC)' PKGCONF='$(PKGCONF)' tests/deps

# What the tests of several machines take besides: sshd, Slurm. No service is started.
deps-cluster:
	@tests/deps cluster

# The sample project, built for real. It works on a copy, which stays: run again, it finds everything fresh. A file of the
# sample that is newer than the copy's is copied again, so either may be edited.
DEMO := build/demo
demo: deps
	@$(MAKE) -s all
	@mkdir -p $(DEMO); for f in tests/demo/project/*; do c=$(DEMO)/$${f##*/}; \
	if [ ! -e $$c ] || { [ $$f -nt $$c ] && [ $${f##*/} != project_state.json ]; }; then cp $$f $$c; fi; done
	@PATH="$(CURDIR)/$(B)/cmd:$$PATH" tests/demo/build.sh --wait $(DEMO)

# --- install -------------------------------------------------------------------------------------------------------
INSTALL ?= install
D := $(DESTDIR)
PUT = $(INSTALL) -m 644

install: all
	$(INSTALL) -d $D$(BINDIR) $D$(MANDIR)/man1 $D$(MANDIR)/man7 $D$(BASHDIR) $D$(ZSHDIR) $D$(FISHDIR) $D$(DATADIR)/fh
	for t in $(TOOLS); do $(INSTALL) -m 755 $(B)/cmd/$$t $D$(BINDIR)/$$t && $(PUT) man/$$t.1 $D$(MANDIR)/man1/ && \
	$(PUT) completions/bash/$$t $D$(BASHDIR)/ && $(PUT) completions/zsh/_$$t $D$(ZSHDIR)/ && \
	$(PUT) completions/fish/$$t.fish $D$(FISHDIR)/ || exit 1; done
	$(PUT) man/fh.7 man/fh-security.7 man/fh-parallel-cluster.7 $D$(MANDIR)/man7/
	$(PUT) shell/fh.sh $D$(DATADIR)/fh/
	$(if $(SO),$(INSTALL) -d $D$(LOADDIR) && $(PUT) $(SO) $D$(LOADDIR)/)

uninstall:
	for t in $(TOOLS); do rm -f $D$(BINDIR)/$$t $D$(MANDIR)/man1/$$t.1 $D$(BASHDIR)/$$t $D$(ZSHDIR)/_$$t $D$(FISHDIR)/$$t.fish; done
	rm -f $D$(MANDIR)/man7/fh.7 $D$(MANDIR)/man7/fh-security.7 $D$(MANDIR)/man7/fh-parallel-cluster.7 $D$(DATADIR)/fh/fh.sh $D$(LOADDIR)/fh_builtins.so
	-rmdir $D$(DATADIR)/fh

clean:
	rm -rf build shell/fh_builtins.so

FORCE:
.PHONY: all no-builtins demo deps deps-cluster check check-land check-gen gen units fuzzers libfail fuzz soak valgrind-all coverage analyze bench layers install uninstall clean FORCE
.DELETE_ON_ERROR:
.SECONDARY:
-include $(shell find $(B) -name '*.d' 2>/dev/null)
