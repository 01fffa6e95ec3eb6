/* Slurm, as far as text goes: what an allocation consists of, and the commands that start something in it. Slurm 22.05,
 * srun(1), salloc(1), sbatch(1). */
#ifndef FH_PAR_SLURM_H
#define FH_PAR_SLURM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "err.h"

struct slurm_node {
	char *name;
	int64_t cpus;          /* of the allocation */
};

struct slurm_alloc {
	char *id;              /* SLURM_JOB_ID */
	struct slurm_node *node;
	size_t n;
	int64_t node_mb, cpu_mb; /* memory of a node, of a CPU; 0: not known */
};

/* One value for each node of "4(x2),2": appended to *v. Returns 0, or -1 with words. */
int slurm_counts(const char *text, int64_t **v, size_t *n, struct err *e);

/* id, counts (SLURM_JOB_CPUS_PER_NODE), memory (SLURM_MEM_PER_NODE, SLURM_MEM_PER_CPU; NULL or "": not known); names: one a line, as scontrol
 * show hostnames prints them. Returns 0 with *out, freed by slurm_alloc_free, or -1 with words. */
int slurm_alloc_read(const char *id, const char *names, const char *counts, const char *node_mb, const char *cpu_mb,
    struct slurm_alloc *out, struct err *e);
void slurm_alloc_free(struct slurm_alloc *a);

/* Runs scontrol to expand a node list ("n[1-3]"): a name a line is appended to out. Returns 0, or -1 with words. */
int slurm_hostnames(const char *list, struct buf *out, struct err *e);
/* scontrol requeue ID, where that is not done already. Returns 0, or -1 with words. */
int slurm_requeue(const char *id, struct err *e);

/* How many jobs fit on a node: each takes cpus, and mem bytes (0: any). At least 1. */
int64_t slurm_fit(const struct slurm_alloc *a, const struct slurm_node *t, int64_t cpus, int64_t mem);

/* Words of a command, NULL-terminated; freed by slurm_words_free. */
struct slurm_words {
	char **v;
	size_t n;
};
void slurm_words_free(struct slurm_words *w);
void slurm_words_add(struct slurm_words *w, const char *fmt, ...) FH_PRINTF(2, 3);

/* self --agent. */
void slurm_agent(struct slurm_words *w, const char *self);
/* The command that starts self --agent on node `on` of allocation id. */
void slurm_agent_words(struct slurm_words *w, const char *id, const char *on, const char *self);
/* ... as a step of its own with so many CPUs, somewhere in it. mem: bytes, 0: as it comes. */
void slurm_step_words(struct slurm_words *w, const char *id, int64_t cpus, int64_t mem, const char *self);
/* ... as a job of its own, options as the user's shell reads them. */
void slurm_elastic_words(struct slurm_words *w, int64_t cpus, int64_t mem, const char *options, const char *self);
/* The command that makes an allocation, prints the five values of slurm_alloc_read (the nodes as a list), a line each, and holds
 * it until its stdin ends. */
void slurm_hold_words(struct slurm_words *w, int64_t cpus, const char *options);

#endif
