/* Faults of the simulated GPU. */
#ifndef GPU_SIM_FAULTS_H
#define GPU_SIM_FAULTS_H

#define CL_TARGET_OPENCL_VERSION 300
#include <CL/cl.h>
#include <CL/cl_icd.h>

/* Puts functions into a layer that fail when a test has told them to, and else call the next. */
void gpu_sim_install_faults(struct _cl_icd_dispatch *layer, const struct _cl_icd_dispatch *next);

/* With what status the call of clBuildProgram that is being made fails, CL_SUCCESS if it does not. */
cl_int gpu_sim_fault_of_build(void);

#endif
