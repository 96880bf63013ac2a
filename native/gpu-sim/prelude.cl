// Put in front of every program that oneDNN builds on PoCL 6: what Intel's compiler has and PoCL's for CPUs lacks.

// Clang knows no half as a function's argument on CPUs; _Float16 is the same bits.
#define half _Float16
#define SIZE__Float16 2

// oneDNN's recurrent cells name this wherever they are compiled, and have it only where a device computes in halves.
__attribute__((overloadable)) static inline float into_float(half x) {
    return x;
}

// PoCL renames min, max and atomic functions by macros, which get into the names that oneDNN puts together.
#define float__cl_max float_max
#define float__cl_min float_min
#define int__cl_max int_max
#define int__cl_min int_min
#define atomic_add_global _cl_atomic_add_global
#define atomic_sub_global _cl_atomic_sub_global
#define atomic_min_global atomic__cl_min_global
#define atomic_max_global atomic__cl_max_global
#define atomic_fetch__cl_min_explicit atomic_fetch_min_explicit
#define atomic_fetch__cl_max_explicit atomic_fetch_max_explicit

// Block reads and writes of a sub-group, for the element types without them.
#define SIM_BLOCK(READ, WRITE, T, SPACE) \
    __attribute__((overloadable)) static inline T READ(const SPACE T *p) { return p[get_sub_group_local_id()]; } \
    __attribute__((overloadable)) static inline void WRITE(SPACE T *p, T v) { p[get_sub_group_local_id()] = v; }
#define SIM_BLOCKS(READ, WRITE, T, N, SPACE) \
    __attribute__((overloadable)) static inline T##N READ##N(const SPACE T *p) { \
        T##N v; \
        for (uint i = 0; i < N; i++) ((T *)&v)[i] = p[get_sub_group_local_id() + i * get_max_sub_group_size()]; \
        return v; \
    } \
    __attribute__((overloadable)) static inline void WRITE##N(SPACE T *p, T##N v) { \
        for (uint i = 0; i < N; i++) p[get_sub_group_local_id() + i * get_max_sub_group_size()] = ((T *)&v)[i]; \
    }
#define SIM_TYPE_IN(READ, WRITE, T, SPACE) \
    SIM_BLOCK(READ, WRITE, T, SPACE) \
    SIM_BLOCKS(READ, WRITE, T, 2, SPACE) \
    SIM_BLOCKS(READ, WRITE, T, 4, SPACE) \
    SIM_BLOCKS(READ, WRITE, T, 8, SPACE)
#define SIM_TYPE(READ, WRITE, T) \
    SIM_TYPE_IN(READ, WRITE, T, __global) \
    SIM_TYPE_IN(READ, WRITE, T, __local)

SIM_TYPE(intel_sub_group_block_read_uc, intel_sub_group_block_write_uc, uchar)
SIM_TYPE(intel_sub_group_block_read_ul, intel_sub_group_block_write_ul, ulong)

// PoCL declares these for short, but does not define them.
#define intel_sub_group_block_read_us sim_block_read_us
#define intel_sub_group_block_write_us sim_block_write_us
#define intel_sub_group_block_read_us2 sim_block_read_us2
#define intel_sub_group_block_write_us2 sim_block_write_us2
#define intel_sub_group_block_read_us4 sim_block_read_us4
#define intel_sub_group_block_write_us4 sim_block_write_us4
#define intel_sub_group_block_read_us8 sim_block_read_us8
#define intel_sub_group_block_write_us8 sim_block_write_us8
SIM_TYPE(sim_block_read_us, sim_block_write_us, ushort)

// The value of the lane so many further; beyond the last lane that of the second operand.
// PoCL declares it, and does not define it.
#define intel_sub_group_shuffle_down sim_shuffle_down
#define SIM_SHUFFLE_DOWN(T) \
    __attribute__((overloadable)) static inline T sim_shuffle_down(T current, T next, uint delta) { \
        uint lanes = get_max_sub_group_size(); \
        uint lane = get_sub_group_local_id() + delta; \
        T here = sub_group_shuffle(current, lane % lanes); \
        T beyond = sub_group_shuffle(next, lane % lanes); \
        return lane < lanes ? here : beyond; \
    }
SIM_SHUFFLE_DOWN(float)
SIM_SHUFFLE_DOWN(int)
SIM_SHUFFLE_DOWN(uint)
