package dev.thalweg.opencl;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/** Functions of the loader library that the generated bindings lack. */
@SuppressWarnings("restricted") // To bind functions is what this class is for.
final class OpenClFunctions {
    private OpenClFunctions() {}

    static MethodHandle bind(String name, FunctionDescriptor descriptor) {
        return Linker.nativeLinker()
                .downcallHandle(SymbolLookup.loaderLookup().find(name).orElseThrow(), descriptor);
    }

    /** What to throw of what calling one threw, which was in Java. */
    static RuntimeException thrown(Throwable e) {
        return switch (e) {
            case RuntimeException r -> r;
            case Error error -> throw error;
            default -> throw new AssertionError("a C function throws nothing", e);
        };
    }
}
