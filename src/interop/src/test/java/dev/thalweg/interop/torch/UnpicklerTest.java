package dev.thalweg.interop.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.format.DType;
import dev.thalweg.interop.torch.Pickled.Dict;
import dev.thalweg.interop.torch.Pickled.Tensor;
import dev.thalweg.interop.torch.Pickled.Whole;
import dev.thalweg.io.BadFileException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pickles put together by hand from the opcodes that Python's {@code pickletools} describes. */
class UnpicklerTest {
    private static final Path FILE = Path.of("weights.pth");
    /** A storage of 6 floats called "0". */
    private static final String STORAGE = "(X\7\0\0\0storagectorch\nFloatStorage\nX\1\0\0\0" + "0X\3\0\0\0cpuK\6tQ";

    private static Pickled read(String pickle) throws BadFileException {
        return Unpickler.read(FILE, pickle.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void refused(String pickle, String... parts) {
        String message =
                assertThrows(BadFileException.class, () -> read(pickle)).getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), part + " not in: " + message);
        }
    }

    /** A call of torch's for a tensor of two rows and three columns. */
    private static String tensor(String offset, String size, String stride) {
        return "ctorch._utils\n_rebuild_tensor_v2\n(" + STORAGE + offset + size + stride
                + "\u0089ccollections\nOrderedDict\n)RtR";
    }

    @Test
    void readsATensor() throws BadFileException {
        Dict dict = assertInstanceOf(
                Dict.class, read("\u0080\2}X\1\0\0\0w" + tensor("K\0", "K\2K\3\u0086", "K\3K\1\u0086") + "s."));
        Tensor tensor = assertInstanceOf(Tensor.class, dict.get("w").orElseThrow());
        assertEquals(DType.F32, tensor.storage().dtype());
        assertEquals("0", tensor.storage().key());
        assertEquals(List.of(2L, 3L), tensor.size());
        assertTrue(tensor.isContiguous());
    }

    @ParameterizedTest
    @CsvSource({
        "'K\u00ff',255",
        "'M\1\2',513",
        "'J\u00fe\u00ff\u00ff\u00ff',-2",
        "'\u008a\3\0\0\1',65536",
        "'\u008a\1\u00ff',-1",
        "'\u008a\0',0"
    })
    void readsWholeNumbers(String opcodes, long value) throws BadFileException {
        assertEquals(new Whole(value), read(opcodes + "."));
    }

    @Test
    void callsNothing() {
        refused("cos\nsystem\nX\4\0\0\0echo\u0085R.", "os.system", "torch.save(model.state_dict(), file)");
        refused("cbuiltins\neval\nX\1\0\0\0" + "1\u0085R.", "builtins.eval");
        refused("X\5\0\0\0posixX\6\0\0\0system\u0093)R.", "posix.system");
        // An object of a class, as a model saved whole is one, or what parsed the command line.
        refused("c__main__\nNet\n)\u0081}b.", "__main__.Net", "torch.save(model.state_dict(), file)");
        refused("}X\4\0\0\0argscargparse\nNamespace\n)\u0081}bs.", "argparse.Namespace", "model.state_dict()");
        refused("(i__main__\nNet\n.", "opcode 0x69", "torch.save(model.state_dict(), file)");
        refused("(X\1\0\0\0" + "0tQ.", "where a tensor's numbers lie");
    }

    @Test
    void tensorsStayWithinTheirStorage() {
        String three = "K\3\u0085";
        String one = "K\1\u0085";
        refused(tensor("K\4", three, one) + ".", "beyond its 6 elements");
        refused(tensor("K\0", three, three) + ".", "beyond its 6 elements");
        refused(tensor("J\u00ff\u00ff\u00ff\u00ff", three, one) + ".", "beyond its 6 elements");
        refused(tensor("K\0", "K\7\u0085", "K\0\u0085") + ".", "beyond its 6 elements");
        String huge = "\u008a\10\0\0\0\0\0\0\0@";
        refused(tensor("K\0", huge + huge + "\u0086", "K\1K\1\u0086") + ".", "too large");
        refused(tensor("K\0", "K\2K\3\u0086", one) + ".", "2 extents, but 1 strides");
    }

    @Test
    void damagedPicklesAreExplained() {
        refused("", "ends in the middle");
        refused("}", "ends in the middle");
        refused(".", "takes more from its stack");
        refused("\u0080\1}.", "protocol 1");
        refused("t.", "a mark that it never set");
        refused("h\1.", "never put at place 1");
        refused("X\u00ff\u00ff\u00ff\u00ff.", "4294967295 bytes");
        refused("X\12\0\0\0a.", "a text of 10 bytes, where 2 are left");
        refused("}K\1s.", "takes more from its stack");
        refused("]K\1K\1s.", "a dictionary");
        refused(")K\1a.", "expected a list");
        refused("}(K\1u.", "pairs and a dictionary");
        refused("\u008a\11.", "9 bytes");
        refused("cos\nsystem", "ends in the middle");
    }

    /** One that holds itself is read as any other. */
    @Test
    void whatHoldsItselfDoesNoHarm() throws BadFileException {
        assertTrue(read("}q\0X\1\0\0\0ah\0s.").toString().contains("dictionary"));
        assertTrue(read("]q\0h\0a.").toString().contains("list"));
        assertTrue(read("}q\0h\0h\0s.").hashCode() != 0);
    }
}
