/* A job's command on another machine: what is to be executed here so that it runs there, by one ssh per job, with its files sent
 * before and fetched after. Knows no slots, order or output. */
#ifndef FH_PAR_REMOTE_H
#define FH_PAR_REMOTE_H

#include "err.h"
#include "exec.h"
#include "hosts.h"
#include "job.h"
#include "opts.h"
#include "tmpl.h"

struct remote;

/* o and set are borrowed. say is told what does not hinder a job (a file that cannot be sent). Returns 0, or -1 with words (a bad
 * replacement string, no folder for -M's sockets). */
int remote_new(const struct opts *o, struct tmpl_set *set, void (*say)(const char *line), struct remote **out, struct err *e);
/* Closes what -M opened to the hosts (h may be NULL). NULL is allowed. */
void remote_free(struct remote *r, const struct hosts *h);

/* How text (the job's command) runs on j->host. v: the job as templates see it. out is valid until the next call; out->envp is
 * ours. j->fed_bytes becomes the size of what is sent. Whatever tmpl_expand returns (FAIL: words in e). */
enum tmpl_result remote_wrap(struct remote *r, struct job *j, const struct tmpl_job *v, const char *text,
    struct exec_line *out, struct err *e);

/* Likewise what calls an agent on t: text is summon_text's. */
void remote_agent(struct remote *r, const struct host *t, const char *text, struct exec_line *out);
/* --wd of the job, as a path over there: "" where there is none. Valid until the next call. */
enum tmpl_result remote_folder(struct remote *r, const struct tmpl_job *v, const char **out, struct err *e);
/* Whether an agent can do all that o asks for; else each job has an ssh of its own. */
bool remote_suits_agent(const struct opts *o);
/* --env A,B: whether it names entry (NAME=value of an environment, also of an exported function). */
bool remote_sends(const struct opts *o, const char *entry);

/* The job is over: what it brought back is counted (job.back_bytes). */
void remote_done(struct remote *r, struct job *j, const struct tmpl_job *v);

/* A command over there that prints what the host is: "ready", then its cpus (threads, cores or sockets, as o says), then "alone"
 * where it has no fh-parallel. */
void remote_ask(struct remote *r, const struct host *t, struct exec_line *out);

/* --basefile: what sends these files to t, or (cleanup) removes them. False: there are none. */
bool remote_base(struct remote *r, const struct host *t, bool cleanup, struct exec_line *out);

#endif
