#include <CL/cl_icd.h>

/* Changes a layer's table so; the target is what lies below it. */
void gpu_sim_refuse_machine_code(struct _cl_icd_dispatch *layer, const struct _cl_icd_dispatch *target);
