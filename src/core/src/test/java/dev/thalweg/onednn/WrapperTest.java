package dev.thalweg.onednn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.memory.Tensor;
import dev.thalweg.onednn.c.Dnnl;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToIntBiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WrapperTest {
    @Test
    void reportsWhatItLoaded() {
        LoadReport report = OneDnn.report();
        assertTrue(report.loaded(), report.toString());
        assertTrue(report.version().startsWith("3."), report.version());
        assertFalse(report.libraries().isEmpty());
        assertFalse(OneDnn.instructionSet().isBlank());
    }

    @ParameterizedTest
    @CsvSource({
        "ref:any, true",
        "ref_int8:any, true",
        "ref, true",
        "ocl:ref:any, true",
        "ocl:ref_gemm, true",
        "jit:gemm, false",
        "jit_refined:any, false",
        "brgemm:avx512_core, false",
        "simple:any, false"
    })
    void referenceImplementationsAreKnownByName(String implementation, boolean reference) {
        assertEquals(reference, PrimitiveDesc.isReference(implementation));
    }

    @Test
    void primitivesComputeWithPostOps() {
        assertComputesWithPostOps(Dnnl::dnnl_primitive_create);
    }

    @Test
    void anotherImplementationComputesWhereTheChosenOneCannotBeCompiled() {
        AtomicInteger calls = new AtomicInteger();
        assertComputesWithPostOps((out, desc) ->
                calls.getAndIncrement() == 0 ? Dnnl.dnnl_out_of_memory() : Dnnl.dnnl_primitive_create(out, desc));
        assertTrue(calls.get() > 1, calls + " calls");
    }

    @Test
    void aPrimitiveThatNoImplementationCanCompileThrows() {
        long live = Handles.live();
        AtomicInteger calls = new AtomicInteger();
        OneDnnException e = assertThrows(
                OneDnnException.class,
                () -> assertComputesWithPostOps((out, desc) -> {
                    calls.getAndIncrement();
                    return Dnnl.dnnl_out_of_memory();
                }));
        assertTrue(e.is(Status.OUT_OF_MEMORY), e.getMessage());
        assertTrue(calls.get() > 1, calls + " calls");
        assertEquals(live, Handles.live());
    }

    private static void assertComputesWithPostOps(ToIntBiFunction<MemorySegment, MemorySegment> create) {
        Attributes.Eltwise relu = new Attributes.Eltwise(Algorithm.ELTWISE_RELU, 0, 0);
        assertAdds(create, Attributes.NONE.then(relu), 0, 3, 4, 5, 6, 0);
        // relu(a + b + 2c)
        assertAdds(create, Attributes.NONE.then(new Attributes.Sum(2, 0)).then(relu), 0, 5, 6, 7, 8, 1);
    }

    private static void assertAdds(
            ToIntBiFunction<MemorySegment, MemorySegment> create, Attributes attributes, float... expected) {
        try (Engine engine = Engine.cpu();
                Stream stream = new Stream(engine);
                MemoryOwner owner = MemoryOwner.named("test");
                MemoryDesc desc = MemoryDesc.plain(Shape.of(2, 3), DataType.FLOAT32);
                PrimitiveDesc add = Elementwise.binary(engine, Algorithm.BINARY_ADD, desc, desc, desc, attributes);
                Tensor a = Tensor.of(Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
                Tensor b = Tensor.of(Shape.of(2, 3), -10, 1, 1, 1, 1, -7);
                Tensor c = Tensor.of(Shape.of(2, 3), 1, 1, 1, 1, 1, 1);
                Memory src0 = new Memory(engine, desc, a.segment());
                Memory src1 = new Memory(engine, desc, b.segment());
                Memory dst = new Memory(engine, desc, c.segment());
                Primitive primitive = new Primitive(add, create)) {
            new PrimitiveCall(primitive, Map.of(Argument.SRC, src0, Argument.SRC_1, src1, Argument.DST, dst), owner)
                    .execute(stream);
            stream.await();
            // Some implementations give -0, which a tolerance takes for 0.
            assertArrayEquals(expected, c.toFloats(), Float.MIN_VALUE);
        }
    }

    @Test
    void failuresNameTheCallTheStatusAndTheShapes() {
        try (Engine engine = Engine.cpu();
                MemoryDesc from = MemoryDesc.plain(Shape.of(2, 3), DataType.FLOAT32);
                MemoryDesc to = MemoryDesc.plain(Shape.of(3, 3), DataType.FLOAT32)) {
            OneDnnException e = assertThrows(OneDnnException.class, () -> PrimitiveDesc.reorder(engine, from, to));
            assertTrue(e.is(Status.INVALID_ARGUMENTS));
            for (String part : List.of("dnnl_reorder_primitive_desc_create", "INVALID_ARGUMENTS", "[2, 3]", "[3, 3]")) {
                assertTrue(e.getMessage().contains(part), e.getMessage());
            }
        }
    }

    @Test
    void descriptorsNameTheOperationAndTheImplementation() {
        try (Engine engine = Engine.cpu();
                MemoryDesc from = MemoryDesc.plain(Shape.of(2, 3), DataType.FLOAT32);
                MemoryDesc to = MemoryDesc.transposed(Shape.of(3, 2), DataType.FLOAT32, List.of(1, 0));
                PrimitiveDesc copy = PrimitiveDesc.reorder(engine, from, to)) {
            assertEquals("reorder", copy.operation());
            assertTrue(copy.implementation().matches("\\S+"), copy.implementation());
        }
    }

    @Test
    void closedHandlesThrow() {
        Engine engine = Engine.cpu();
        Stream stream = new Stream(engine);
        MemoryDesc desc = MemoryDesc.plain(Shape.of(4), DataType.FLOAT32);
        MemoryOwner owner = MemoryOwner.named("test");
        Memory memory = new Memory(engine, desc, owner.allocate(16));
        PrimitiveDesc copy = PrimitiveDesc.reorder(engine, desc, desc);
        Primitive primitive = new Primitive(copy);
        PrimitiveCall call = new PrimitiveCall(primitive, Map.of(Argument.SRC, memory, Argument.DST, memory), owner);
        primitive.close();
        primitive.close();
        assertTrue(assertThrows(IllegalStateException.class, () -> call.execute(stream))
                .getMessage()
                .contains("closed"));
        copy.close();
        assertThrows(IllegalStateException.class, () -> copy.size(Argument.SRC));
        memory.close();
        assertThrows(
                IllegalStateException.class, () -> new PrimitiveCall(primitive, Map.of(Argument.SRC, memory), owner));
        assertThrows(IllegalStateException.class, () -> new Primitive(copy));
        desc.close();
        assertThrows(IllegalStateException.class, desc::size);
        stream.close();
        assertThrows(IllegalStateException.class, stream::await);
        engine.close();
        assertThrows(IllegalStateException.class, () -> new Stream(engine));
        owner.close();
    }

    @Test
    void memoryMustBeNativeAndLargeEnough() {
        try (Engine engine = Engine.cpu();
                MemoryDesc desc = MemoryDesc.plain(Shape.of(4), DataType.FLOAT32);
                MemoryOwner owner = MemoryOwner.named("test")) {
            assertThrows(IllegalArgumentException.class, () -> new Memory(engine, desc, owner.allocate(15)));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new Memory(engine, desc, MemorySegment.ofArray(new float[4])));
        }
    }

    /** The classifiers of the native jars on Maven Central. */
    @ParameterizedTest
    @CsvSource({
        "Linux,amd64,linux-x86_64",
        "Linux,aarch64,linux-arm64",
        "Mac OS X,x86_64,macosx-x86_64",
        "Mac OS X,aarch64,macosx-arm64",
        "Windows 11,amd64,windows-x86_64",
        "SunOS,sparcv9,sunos-sparcv9"
    })
    void platformsAreNamedAsTheJars(String os, String arch, String expected) {
        assertEquals(expected, Platform.of(os, arch).toString());
    }
}
