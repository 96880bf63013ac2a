package dev.thalweg.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.thalweg.backend.onednn.PrimitiveUse;
import dev.thalweg.onednn.PrimitiveDesc;
import dev.thalweg.tensor.DataType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * What was recorded of oneDNN's implementations on Intel's products: what takes the time is computed by optimized
 * kernels, and the guide's page says which serve.
 */
class GpuImplementationsTest {
    private static final Path PAGE = GpuImplementations.ROOT.resolve("src/site/markdown/implementations.md");
    private static final Pattern HEAVY = Pattern.compile("(convolution|inner_product|matmul).*");
    /**
     * On Meteor Lake, oneDNN's matrix product takes no gradients of weights in short floats that come of a batch of one
     * ({@code unsupported format tag}); nobody trains so.
     */
    private static final Set<String> EXCEPTIONS = Set.of(
            "mtl inner_product_backward_weights BFLOAT16 ocl:ref:any",
            "mtl inner_product_backward_weights FLOAT16 ocl:ref:any");

    private static final List<DataType> TYPES = List.of(DataType.FLOAT32, DataType.BFLOAT16, DataType.FLOAT16);

    private static Map<String, List<PrimitiveUse>> recorded() throws IOException {
        Map<String, List<PrimitiveUse>> recorded = new LinkedHashMap<>();
        for (String product : GpuImplementations.PRODUCTS.keySet()) {
            recorded.put(product, new GpuImplementations(product).recorded());
        }
        return recorded;
    }

    @Test
    void convolutionsAndProductsAreNoReferenceKernels() throws IOException {
        Set<String> slow = new TreeSet<>();
        recorded()
                .forEach((product, uses) -> uses.stream()
                        .filter(use -> HEAVY.matcher(use.operation()).matches()
                                && PrimitiveDesc.isReference(use.implementation()))
                        .forEach(use -> slow.add(product + " " + use)));
        assertEquals(EXCEPTIONS, slow);
    }

    @Test
    void thePageOfTheGuideIsWhatWasRecorded() throws IOException {
        String page = page(recorded());
        if (GpuImplementations.RECORDS) {
            Files.writeString(PAGE, page);
        }
        assertEquals(
                Files.readString(PAGE), page, "the page is written anew with -D" + GpuImplementations.RECORD + "=true");
    }

    private static String page(Map<String, List<PrimitiveUse>> recorded) {
        StringBuilder text = new StringBuilder("""
                # What serves on Intel's GPUs

                Which of oneDNN's implementations the operations get on each of eleven products, in forward and \
                backward passes, as oneDNN 3.13 answers on [Intel's own driver](gpu.md): `jit:ir` and `jit:gemm` are \
                machine code made for the shape at hand, `ocl:ref` are the kernels that are there for completeness, \
                and slow: no convolution is one, and no product but, on Meteor Lake, the gradient of weights that \
                comes of a batch of one in short floats. Where a type is emulated, for the device has no instructions \
                for it, it takes less memory than float32 and likely more time: a training in it logs a warning, and \
                `info` says so. Several in a cell serve several shapes or types of results. \
                `GpuImplementationsTest` writes this page of what `native/gpu-driver/run.sh list` found.

                """);
        text.append("| product | is | computes in |\n|---|---|---|\n");
        recorded.forEach((product, uses) -> text.append("| %s | %s | %s |\n"
                .formatted(
                        product,
                        GpuImplementations.PRODUCTS.get(product),
                        TYPES.stream()
                                .filter(type -> computesIn(uses, type))
                                .map(type -> name(type)
                                        + (new GpuImplementations(product).emulates(type) ? " (emulated)" : ""))
                                .collect(Collectors.joining(", ")))));
        text.append("\n| operation")
                .append(TYPES.stream().map(type -> " | " + name(type)).collect(Collectors.joining()))
                .append(" |\n|---|---|---|---|\n");
        Set<String> operations = new TreeSet<>();
        recorded.values().forEach(uses -> uses.forEach(use -> operations.add(use.operation())));
        for (String operation : operations) {
            text.append("| ").append(operation.replace('_', ' '));
            TYPES.forEach(type -> text.append(" | ").append(cell(recorded, operation, type)));
            text.append(" |\n");
        }
        return text.toString();
    }

    private static String name(DataType type) {
        return type.name().toLowerCase(Locale.ROOT);
    }

    private static boolean computesIn(List<PrimitiveUse> uses, DataType type) {
        return uses.stream().anyMatch(use -> use.type() == type);
    }

    private static String cell(Map<String, List<PrimitiveUse>> recorded, String operation, DataType type) {
        List<String> able = recorded.keySet().stream()
                .filter(product -> computesIn(recorded.get(product), type))
                .toList();
        Map<String, List<String>> products = new TreeMap<>();
        able.forEach(product -> recorded.get(product).stream()
                .filter(use -> use.operation().equals(operation) && use.type() == type)
                .forEach(use -> products.computeIfAbsent(use.implementation(), _ -> new ArrayList<>())
                        .add(product)));
        return products.entrySet().stream()
                .map(entry -> "`" + entry.getKey() + "`" + which(entry.getValue(), able))
                .collect(Collectors.joining("; "));
    }

    private static String which(List<String> products, List<String> able) {
        if (products.equals(able)) {
            return "";
        }
        if (2 * products.size() <= able.size()) {
            return " on " + String.join(", ", products);
        }
        List<String> others =
                able.stream().filter(product -> !products.contains(product)).toList();
        return " but on " + String.join(", ", others);
    }
}
