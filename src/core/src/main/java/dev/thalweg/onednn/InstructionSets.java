package dev.thalweg.onednn;

import dev.thalweg.onednn.c.Dnnl;
import java.util.HashMap;
import java.util.Map;

/**
 * Names of oneDNN's {@code dnnl_cpu_isa_t}. Its header names x86's values alone; on arm64 others stand behind the same
 * numbers.
 */
final class InstructionSets {
    private static final Map<Integer, String> ARM64 =
            Map.of(0x1, "asimd", 0x3, "sve_128", 0x7, "sve_256", 0x27, "sve_512");

    private static final Map<Integer, String> X86_64 = new HashMap<>();

    static {
        X86_64.put(Dnnl.dnnl_cpu_isa_sse41(), "sse41");
        X86_64.put(Dnnl.dnnl_cpu_isa_avx(), "avx");
        X86_64.put(Dnnl.dnnl_cpu_isa_avx2(), "avx2");
        X86_64.put(Dnnl.dnnl_cpu_isa_avx2_vnni(), "avx2_vnni");
        X86_64.put(Dnnl.dnnl_cpu_isa_avx2_vnni_2(), "avx2_vnni_2");
        X86_64.put(Dnnl.dnnl_cpu_isa_avx512_core(), "avx512_core");
        X86_64.put(Dnnl.dnnl_cpu_isa_avx512_core_vnni(), "avx512_core_vnni");
        X86_64.put(Dnnl.dnnl_cpu_isa_avx512_core_bf16(), "avx512_core_bf16");
        X86_64.put(Dnnl.dnnl_cpu_isa_avx512_core_fp16(), "avx512_core_fp16");
        X86_64.put(Dnnl.dnnl_cpu_isa_avx512_core_amx(), "avx512_core_amx");
        X86_64.put(Dnnl.dnnl_cpu_isa_avx512_core_amx_fp16(), "avx512_core_amx_fp16");
    }

    private InstructionSets() {}

    /** {@return whether a set includes one of x86's: on arm64 the same bits mean others} */
    static boolean hasX86(Platform platform, int isa, int wanted) {
        return !platform.isArm64() && (isa & wanted) == wanted;
    }

    static String name(Platform platform, int isa) {
        if (isa == Dnnl.dnnl_cpu_isa_default()) {
            return "default";
        }
        return (platform.isArm64() ? ARM64 : X86_64).getOrDefault(isa, "0x" + Integer.toHexString(isa));
    }
}
