/* Faults of the simulated GPU. */
#ifndef GPU_SIM_FAULTS_H
#define GPU_SIM_FAULTS_H

#define CL_TARGET_OPENCL_VERSION 300
#include <CL/cl.h>
#include <CL/cl_icd.h>

/* Puts functions into a layer that fail when a test has told them to, and else call the next. */
void gpu_sim_install_faults(struct _cl_icd_dispatch *layer, const struct _cl_icd_dispatch *next);

#endif
