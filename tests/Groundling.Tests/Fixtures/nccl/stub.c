/* Stands in for NCCL: the ranks of a communicator are threads of one process, and tensors lie in its memory. Every call is a line of the file that
   NCCL_STUB_LOG names; calls fail with the code in NCCL_STUB_FAIL_<function>. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct { char bytes[128]; } Id;
typedef struct { int rank, size; } Communicator;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t barrier;
static void *buffers[8];

static int note(const char *function, const char *text) {
    char name[64];
    pthread_mutex_lock(&mutex);
    const char *path = getenv("NCCL_STUB_LOG");
    FILE *log = path ? fopen(path, "a") : 0;
    if (log) { fprintf(log, "%s%s\n", function, text); fclose(log); }
    snprintf(name, sizeof name, "NCCL_STUB_FAIL_%s", function);
    const char *code = getenv(name);
    pthread_mutex_unlock(&mutex);
    return code ? atoi(code) : 0;
}

static size_t width(int type) { return type == 8 ? 8 : type == 7 ? 4 : 1; }

const char *ncclGetErrorString(int code) { return code == 5 ? "invalid usage" : "unhandled system error"; }
int ncclGetVersion(int *version) { const char *given = getenv("NCCL_STUB_VERSION"); *version = given ? atoi(given) : 22703; return 0; }
int ncclGetUniqueId(Id *id) { for (int i = 0; i < 128; i++) id->bytes[i] = (char)(3 * i + 1); return note("ncclGetUniqueId", ""); }

int ncclCommInitRank(Communicator **communicator, int size, Id id, int rank) {
    char text[64];
    int right = 1;
    for (int i = 0; i < 128; i++) right &= id.bytes[i] == (char)(3 * i + 1);
    snprintf(text, sizeof text, " %d of %d, id %s", rank, size, right ? "right" : "wrong");
    pthread_mutex_lock(&mutex);
    static int ready;
    if (!ready++) pthread_barrier_init(&barrier, 0, size);
    pthread_mutex_unlock(&mutex);
    *communicator = malloc(sizeof(Communicator));
    (*communicator)->rank = rank;
    (*communicator)->size = size;
    return note("ncclCommInitRank", text);
}

int ncclCommDestroy(Communicator *communicator) { free(communicator); return note("ncclCommDestroy", ""); }
int ncclCommAbort(Communicator *communicator) { free(communicator); return note("ncclCommAbort", ""); }
int ncclGroupStart(void) { return note("ncclGroupStart", ""); }
int ncclGroupEnd(void) { return note("ncclGroupEnd", ""); }

int ncclAllReduce(const void *send, void *receive, size_t count, int type, int operation, Communicator *communicator, void *stream) {
    char text[96];
    snprintf(text, sizeof text, " %zu of type %d, operation %d, stream %zu, %s", count, type, operation, (size_t)stream, send == receive ? "in place" : "elsewhere");
    int code = note("ncclAllReduce", text);
    if (code) return code;
    buffers[communicator->rank] = receive;
    pthread_barrier_wait(&barrier);
    if (communicator->rank == 0)
        for (size_t i = 0; i < count; i++) {
            double sum = 0;
            for (int rank = 0; rank < communicator->size; rank++) sum += type == 8 ? ((double *)buffers[rank])[i] : ((float *)buffers[rank])[i];
            for (int rank = 0; rank < communicator->size; rank++)
                if (type == 8) ((double *)buffers[rank])[i] = sum / communicator->size; else ((float *)buffers[rank])[i] = (float)(sum / communicator->size);
        }
    pthread_barrier_wait(&barrier);
    return 0;
}

int ncclBroadcast(const void *send, void *receive, size_t count, int type, int root, Communicator *communicator, void *stream) {
    char text[64];
    snprintf(text, sizeof text, " %zu of type %d from %d", count, type, root);
    int code = note("ncclBroadcast", text);
    if (code) return code;
    buffers[communicator->rank] = receive;
    pthread_barrier_wait(&barrier);
    if (communicator->rank != root) memcpy(receive, buffers[root], count * width(type));
    pthread_barrier_wait(&barrier);
    return 0;
}
