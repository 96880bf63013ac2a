package dev.thalweg.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.thalweg.onednn.c.Dnnl;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values as in oneDNN's {@code dnnl_types.h} for x86_64 and {@code src/cpu/aarch64/cpu_isa_traits.hpp} for arm64. */
class InstructionSetsTest {
    @ParameterizedTest
    @CsvSource({
        "amd64, 0x1, sse41",
        "amd64, 0x7, avx2",
        "amd64, 0x27, avx512_core",
        "amd64, 0x0, default",
        "amd64, 0x12345, 0x12345",
        "aarch64, 0x1, asimd",
        "aarch64, 0x3, sve_128",
        "aarch64, 0x7, sve_256",
        "aarch64, 0x27, sve_512",
        "aarch64, 0x0, default",
        "aarch64, 0x67, 0x67"
    })
    void theSameNumberNamesAnotherSetOnAnotherArchitecture(String arch, String code, String name) {
        assertEquals(name, InstructionSets.name(Platform.of("Linux", arch), Integer.decode(code)));
    }

    @ParameterizedTest
    @CsvSource({
        "amd64, 0xe7, true",
        "amd64, 0x1ef, true",
        "amd64, 0x67, false",
        "aarch64, 0xe7, false",
        "aarch64, 0x1ef, false"
    })
    void armHasNoneOfX86sSets(String arch, String code, boolean has) {
        assertEquals(
                has,
                InstructionSets.hasX86(
                        Platform.of("Linux", arch), Integer.decode(code), Dnnl.dnnl_cpu_isa_avx512_core_bf16()));
    }
}
