package dev.thalweg.onednn;

import dev.thalweg.onednn.c.Dnnl;
import java.util.LinkedHashMap;
import java.util.Map;

/** Names of oneDNN's {@code dnnl_cpu_isa_t}. */
final class InstructionSets {
    private static final Map<Integer, String> NAMES = new LinkedHashMap<>();

    static {
        NAMES.put(Dnnl.dnnl_cpu_isa_default(), "default");
        NAMES.put(Dnnl.dnnl_cpu_isa_sse41(), "sse41");
        NAMES.put(Dnnl.dnnl_cpu_isa_avx(), "avx");
        NAMES.put(Dnnl.dnnl_cpu_isa_avx2(), "avx2");
        NAMES.put(Dnnl.dnnl_cpu_isa_avx2_vnni(), "avx2_vnni");
        NAMES.put(Dnnl.dnnl_cpu_isa_avx2_vnni_2(), "avx2_vnni_2");
        NAMES.put(Dnnl.dnnl_cpu_isa_avx512_core(), "avx512_core");
        NAMES.put(Dnnl.dnnl_cpu_isa_avx512_core_vnni(), "avx512_core_vnni");
        NAMES.put(Dnnl.dnnl_cpu_isa_avx512_core_bf16(), "avx512_core_bf16");
        NAMES.put(Dnnl.dnnl_cpu_isa_avx512_core_fp16(), "avx512_core_fp16");
        NAMES.put(Dnnl.dnnl_cpu_isa_avx512_core_amx(), "avx512_core_amx");
        NAMES.put(Dnnl.dnnl_cpu_isa_avx512_core_amx_fp16(), "avx512_core_amx_fp16");
    }

    private InstructionSets() {}

    static String name(int isa) {
        return NAMES.getOrDefault(isa, "0x" + Integer.toHexString(isa));
    }
}
