/* Preloaded: makes the N-th call of one kind fail, counted over a process and all its children.
 *
 * FAULTS_CONTROL names a file that holds a struct control, shared by all of them; FAULTS_BELOW the
 * folders (joined by ':') whose files count. Kinds are numbered as in tests/faults/shim.py. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { WRITE, RENAME, FSYNC, LINK, OPEN, CREATE, MKDIR, KINDS };

struct control {
    _Atomic int64_t seen[KINDS];
    int64_t kind, at, error; /* which kind fails, at which call (0: none), with which errno */
    _Atomic int64_t fired;
    char what[1000]; /* the program and the file of the call that failed */
};

static struct control *control;
static const char *below;

__attribute__((constructor)) static void begin(void)
{
    const char *name = getenv("FAULTS_CONTROL");
    below = getenv("FAULTS_BELOW");
    if (name == NULL || below == NULL)
        return;
    int fd = open(name, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return;
    void *map = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    control = map == MAP_FAILED ? NULL : map;
}

static int is_below(const char *path)
{
    for (const char *at = below; *at != 0;) {
        size_t size = strcspn(at, ":");
        if (strncmp(path, at, size) == 0)
            return 1;
        at += size + (at[size] == ':');
    }
    return 0;
}

static int named(const char *link, char *path)
{
    ssize_t size = readlink(link, path, PATH_MAX - 1);
    if (size < 0)
        return 0;
    path[size] = 0;
    return 1;
}

/* Whether this call is the one that fails; errno is set then. */
static int fails(int kind, const char *path)
{
    if (control == NULL || !is_below(path))
        return 0;
    if (atomic_fetch_add(&control->seen[kind], 1) + 1 != control->at || control->kind != kind)
        return 0;
    atomic_store(&control->fired, 1);
    snprintf(control->what, sizeof control->what, "%s: %s", program_invocation_short_name, path);
    errno = control->error;
    return 1;
}

static int fails_at(int kind, int folder, const char *path)
{
    char link[64], whole[PATH_MAX * 2];
    if (control == NULL || path == NULL)
        return 0;
    if (path[0] == '/')
        return fails(kind, path);
    if (folder == AT_FDCWD)
        strcpy(link, "/proc/self/cwd");
    else
        snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
    if (!named(link, whole))
        return 0;
    strcat(whole, "/");
    strncat(whole, path, PATH_MAX - 1);
    return fails(kind, whole);
}

static int fails_file(int kind, int fd)
{
    char link[64], path[PATH_MAX];
    struct stat about;
    if (control == NULL || fstat(fd, &about) != 0 || !(S_ISREG(about.st_mode) || S_ISDIR(about.st_mode)))
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    return named(link, path) && fails(kind, path);
}

#define WRAP(type, name, parameters, arguments, failure)                                      \
    type name parameters                                                                      \
    {                                                                                         \
        static type(*next) parameters;                                                        \
        if (next == NULL)                                                                     \
            next = (type(*) parameters)dlsym(RTLD_NEXT, #name);                               \
        if (failure)                                                                          \
            return -1;                                                                        \
        return next arguments;                                                                \
    }

WRAP(ssize_t, write, (int fd, const void *data, size_t size), (fd, data, size), fails_file(WRITE, fd))
WRAP(ssize_t, pwrite, (int fd, const void *data, size_t size, off_t at), (fd, data, size, at), fails_file(WRITE, fd))
WRAP(ssize_t, pwrite64, (int fd, const void *data, size_t size, off64_t at), (fd, data, size, at), fails_file(WRITE, fd))
WRAP(ssize_t, writev, (int fd, const struct iovec *parts, int many), (fd, parts, many), fails_file(WRITE, fd))
WRAP(ssize_t, sendfile, (int to, int from, off_t *at, size_t size), (to, from, at, size), fails_file(WRITE, to))
WRAP(ssize_t, sendfile64, (int to, int from, off64_t *at, size_t size), (to, from, at, size), fails_file(WRITE, to))
WRAP(int, ftruncate64, (int fd, off64_t size), (fd, size), fails_file(WRITE, fd))
WRAP(int, fsync, (int fd), (fd), fails_file(FSYNC, fd))
WRAP(int, fdatasync, (int fd), (fd), fails_file(FSYNC, fd))
WRAP(int, rename, (const char *old, const char *new), (old, new), fails_at(RENAME, AT_FDCWD, new))
WRAP(int, renameat, (int a, const char *old, int b, const char *new), (a, old, b, new), fails_at(RENAME, b, new))
WRAP(int, renameat2, (int a, const char *old, int b, const char *new, unsigned flags), (a, old, b, new, flags), fails_at(RENAME, b, new))
WRAP(int, link, (const char *old, const char *new), (old, new), fails_at(LINK, AT_FDCWD, new))
WRAP(int, linkat, (int a, const char *old, int b, const char *new, int flags), (a, old, b, new, flags), fails_at(LINK, b, new))
WRAP(int, symlink, (const char *to, const char *new), (to, new), fails_at(LINK, AT_FDCWD, new))
WRAP(int, symlinkat, (const char *to, int folder, const char *new), (to, folder, new), fails_at(LINK, folder, new))
WRAP(int, mkdir, (const char *path, mode_t mode), (path, mode), fails_at(MKDIR, AT_FDCWD, path))
WRAP(int, mkdirat, (int folder, const char *path, mode_t mode), (folder, path, mode), fails_at(MKDIR, folder, path))

#define OPENS(name, parameters, arguments, folder)                                            \
    int name parameters                                                                       \
    {                                                                                         \
        static int(*next) parameters;                                                         \
        mode_t mode = 0;                                                                      \
        if (next == NULL)                                                                     \
            next = (int(*) parameters)dlsym(RTLD_NEXT, #name);                                \
        if ((flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE) {                          \
            va_list rest;                                                                     \
            va_start(rest, flags);                                                            \
            mode = va_arg(rest, mode_t);                                                      \
            va_end(rest);                                                                     \
        }                                                                                     \
        if (fails_at((flags & O_CREAT) ? CREATE : OPEN, folder, path))                        \
            return -1;                                                                        \
        return next arguments;                                                                \
    }

OPENS(open, (const char *path, int flags, ...), (path, flags, mode), AT_FDCWD)
OPENS(open64, (const char *path, int flags, ...), (path, flags, mode), AT_FDCWD)
OPENS(openat, (int folder, const char *path, int flags, ...), (folder, path, flags, mode), folder)
OPENS(openat64, (int folder, const char *path, int flags, ...), (folder, path, flags, mode), folder)

#define FOPENS(name)                                                                          \
    FILE *name(const char *path, const char *mode)                                            \
    {                                                                                         \
        static FILE *(*next)(const char *, const char *);                                     \
        if (next == NULL)                                                                     \
            next = (FILE * (*)(const char *, const char *)) dlsym(RTLD_NEXT, #name);          \
        if (fails_at(mode[0] == 'r' ? OPEN : CREATE, AT_FDCWD, path))                         \
            return NULL;                                                                      \
        return next(path, mode);                                                              \
    }

FOPENS(fopen)
FOPENS(fopen64)

/* What open() is when it was compiled with _FORTIFY_SOURCE and no mode. */
WRAP(int, __open_2, (const char *path, int flags), (path, flags), fails_at(OPEN, AT_FDCWD, path))
WRAP(int, __open64_2, (const char *path, int flags), (path, flags), fails_at(OPEN, AT_FDCWD, path))
WRAP(int, __openat_2, (int folder, const char *path, int flags), (folder, path, flags), fails_at(OPEN, folder, path))
WRAP(int, __openat64_2, (int folder, const char *path, int flags), (folder, path, flags), fails_at(OPEN, folder, path))
