/* Stands before the C library (LD_PRELOAD): one call on something under a folder fails, or the process is killed at it. DISK_FAULT_CALL names the
   kind (write, fsync, rename, link, mkdir, unlink, or any), DISK_FAULT_AT which of them counting from 1, DISK_FAULT_ERROR the error number, 0 for
   SIGKILL, DISK_FAULT_UNDER the folder. What was hit is a line of the file that DISK_FAULT_LOG names. If DISK_FAULT_AT is 0 nothing fails, and a process
   that ends adds a line for each kind to that file: its name and how many calls there were. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static const char *const calls[] = {"any", "write", "fsync", "rename", "link", "mkdir", "unlink"};
enum { kinds = sizeof calls / sizeof *calls };
static atomic_int seen[kinds];

static void tell(const char *line, int length) {
    int log = open(getenv("DISK_FAULT_LOG"), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ssize_t (*plain)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
    if (log < 0 || plain(log, line, length) != length) abort();
    close(log);
}

static int hits(const char *call, const char *path) {
    const char *wanted = getenv("DISK_FAULT_CALL"), *under = getenv("DISK_FAULT_UNDER"), *at = getenv("DISK_FAULT_AT");
    if (!wanted || !under || !at || !path || strncmp(path, under, strlen(under))) return 0;
    int is_hit = 0;
    for (int kind = 0; kind < kinds; kind++)
        if (!strcmp(calls[kind], call) || !kind)
            is_hit |= atomic_fetch_add(&seen[kind], 1) + 1 == atoi(at) && !strcmp(calls[kind], wanted);
    if (!is_hit) return 0;
    char line[4400];
    int error = atoi(getenv("DISK_FAULT_ERROR"));
    tell(line, snprintf(line, sizeof line, "%s %s\n", call, path));
    if (!error) kill(getpid(), SIGKILL);
    errno = error;
    return 1;
}

__attribute__((destructor)) static void count(void) {
    const char *at = getenv("DISK_FAULT_AT");
    if (!at || atoi(at)) return;
    for (int kind = 0; kind < kinds; kind++) {
        char line[64];
        tell(line, snprintf(line, sizeof line, "%s %d\n", calls[kind], seen[kind]));
    }
}

__attribute__((constructor)) static void count_quick_exits(void) { at_quick_exit(count); }

static int hits_file(const char *call, int file) {
    char name[32], path[4097];
    snprintf(name, sizeof name, "/proc/self/fd/%d", file);
    ssize_t length = readlink(name, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return hits(call, path);
}

#define NEXT(result, name, types, values) \
    static result (*next) types; \
    if (!next) next = dlsym(RTLD_NEXT, #name); \
    return next values

ssize_t write(int f, const void *b, size_t n) { if (hits_file("write", f)) return -1; NEXT(ssize_t, write, (int, const void *, size_t), (f, b, n)); }
ssize_t pwrite(int f, const void *b, size_t n, off_t o) {
    if (hits_file("write", f)) return -1;
    NEXT(ssize_t, pwrite, (int, const void *, size_t, off_t), (f, b, n, o));
}
ssize_t pwrite64(int f, const void *b, size_t n, off64_t o) {
    if (hits_file("write", f)) return -1;
    NEXT(ssize_t, pwrite64, (int, const void *, size_t, off64_t), (f, b, n, o));
}
ssize_t pwritev(int f, const struct iovec *v, int n, off_t o) {
    if (hits_file("write", f)) return -1;
    NEXT(ssize_t, pwritev, (int, const struct iovec *, int, off_t), (f, v, n, o));
}
int fsync(int f) { if (hits_file("fsync", f)) return -1; NEXT(int, fsync, (int), (f)); }
int rename(const char *a, const char *b) { if (hits("rename", b)) return -1; NEXT(int, rename, (const char *, const char *), (a, b)); }
int link(const char *a, const char *b) { if (hits("link", b)) return -1; NEXT(int, link, (const char *, const char *), (a, b)); }
int mkdir(const char *p, mode_t m) { if (hits("mkdir", p)) return -1; NEXT(int, mkdir, (const char *, mode_t), (p, m)); }
int unlink(const char *p) { if (hits("unlink", p)) return -1; NEXT(int, unlink, (const char *), (p)); }
int rmdir(const char *p) { if (hits("unlink", p)) return -1; NEXT(int, rmdir, (const char *), (p)); }
