package dev.thalweg.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.thalweg.backend.onednn.PrimitiveUse;
import dev.thalweg.tensor.DataType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which of oneDNN's implementations serve on a product in all of {@link OpCases}, as recorded in a file.
 *
 * @param product as Intel's driver names it
 */
record GpuImplementations(String product) {
    /** With this system property set to true, the files are written anew, and the page of the guide that is theirs. */
    static final String RECORD = "thalweg.test.record";

    static final boolean RECORDS = Boolean.getBoolean(RECORD);
    static final Path ROOT = Path.of(System.getProperty("thalweg.test.root", "../.."));
    /** The names of all products, and what they are called elsewhere. */
    static final Map<String, String> PRODUCTS = new LinkedHashMap<>();

    /** Products without instructions for bfloat16. */
    static final Set<String> EMULATE_BFLOAT16 = Set.of("tgllp", "adlp", "dg1", "mtl");

    static {
        PRODUCTS.put("tgllp", "Tiger Lake");
        PRODUCTS.put("adlp", "Alder Lake");
        PRODUCTS.put("dg1", "Iris Xe MAX");
        PRODUCTS.put("mtl", "Meteor Lake");
        PRODUCTS.put("arl", "Arrow Lake");
        PRODUCTS.put("dg2", "Arc A (Alchemist)");
        PRODUCTS.put("pvc", "Data Center GPU Max (Ponte Vecchio)");
        PRODUCTS.put("lnl", "Lunar Lake");
        PRODUCTS.put("ptl", "Panther Lake");
        PRODUCTS.put("nvls", "Nova Lake");
        PRODUCTS.put("bmg", "Arc B (Battlemage)");
    }

    /** Whether the product computes in a type for which it has no instructions. */
    boolean emulates(DataType type) {
        return type == DataType.BFLOAT16 && EMULATE_BFLOAT16.contains(product);
    }

    private Path file() {
        return ROOT.resolve("src/core/src/test/resources/dev/thalweg/backend/gpu/" + product + ".txt");
    }

    List<PrimitiveUse> recorded() throws IOException {
        return Files.readAllLines(file()).stream().map(PrimitiveUse::parse).toList();
    }

    /** Holds what was found against what was recorded, or records it. */
    void check(Collection<PrimitiveUse> found) throws IOException {
        String lines =
                String.join("\n", found.stream().map(PrimitiveUse::toString).toList()) + "\n";
        if (RECORDS) {
            Files.createDirectories(file().getParent());
            Files.writeString(file(), lines);
        }
        assertEquals(
                Files.readString(file()),
                lines,
                () -> "oneDNN has other implementations for " + product + " than recorded; where that is meant, record"
                        + " them with -D" + RECORD + "=true, and say in the commit why");
    }
}
