/* What the files of remote share. Nobody else includes it. */
#ifndef FH_PAR_REMOTE_INT_H
#define FH_PAR_REMOTE_INT_H

#include "buf.h"
#include "ferry.h"
#include "remote.h"

struct remote {
	const struct opts *o;
	void (*say)(const char *line);
	struct tmpl *wd, **send, **fetch;
	struct buf dir;          /* of the job's working folder */
	struct buf far, script;  /* what is executed */
	struct buf words, text;
	const char **argv;
	size_t argv_cap;
	char socket[64];         /* -M: "ControlPath=..."; "": none */
	char socket_dir[48];
};

/* remote_way.c */
/* out: script is run by sh over there, with r->words. */
void remote_direct(struct remote *r, const struct host *t, const char *script, struct exec_line *out);
/* out: the local script in r->script is run. */
void remote_local(struct remote *r, struct exec_line *out);
/* --wd of the job, into r->dir: "" where there is none. */
enum tmpl_result remote_dir(struct remote *r, const struct tmpl_job *v, struct err *e);
/* --wd ...: a folder for this job alone. */
bool remote_has_own_dir(const struct remote *r);
/* Borrows from r until the next call. */
struct ferry remote_ferry(struct remote *r, const struct host *t);

#endif
