package dev.thalweg.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.data.FileTargets;
import dev.thalweg.data.TargetSpec;
import dev.thalweg.io.BadFileException;
import dev.thalweg.tensor.TargetKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetTableTest {
    @TempDir
    private Path directory;

    private FileTargets read(String text, Task task, TargetSpec known) throws IOException {
        Path file = Files.writeString(directory.resolve("targets.csv"), text);
        return new TableTargets(TargetTable.read(file), Optional.ofNullable(task), Optional.ofNullable(known)).read();
    }

    @Test
    void namesAreClassesOrLabels() throws IOException {
        FileTargets classes = read("file,labels\na/1.png,cat\n\"b, 2.png\",dog\r\n\n./c.png , cat \n", null, null);
        assertEquals(List.of("a/1.png", "b, 2.png", "c.png"), classes.files());
        assertEquals(
                new TargetSpec(TargetKind.CLASSES, List.of("cat", "dog")),
                classes.targets().spec());
        assertEquals(
                List.of(0, 1, 0),
                List.of(
                        classes.targets().asClasses().label(0),
                        classes.targets().asClasses().label(1),
                        classes.targets().asClasses().label(2)));

        FileTargets labels = read("file,labels\n1.png,red; round\n2.png,\n3.png,sweet|red\n", null, null);
        assertEquals(
                new TargetSpec(TargetKind.MULTI_LABEL, List.of("red", "round", "sweet")),
                labels.targets().spec());
        assertArrayEquals(new float[] {1, 1, 0}, labels.targets().row(0));
        assertArrayEquals(new float[] {0, 0, 0}, labels.targets().row(1));
        assertArrayEquals(new float[] {1, 0, 1}, labels.targets().row(2));
        assertEquals(
                TargetKind.MULTI_LABEL,
                read("file,labels\n1.png,a\n2.png,b\n", Task.MULTI_LABEL, null)
                        .targets()
                        .kind());
    }

    @Test
    void numbersAreOutputs() throws IOException {
        FileTargets numbers = read("\uFEFFfile,height,weight\n1.png,1.5,-2\n2.png,1e3,0\n", null, null);
        assertEquals(
                new TargetSpec(TargetKind.REGRESSION, List.of("height", "weight")),
                numbers.targets().spec());
        assertArrayEquals(new float[] {1.5f, -2}, numbers.targets().row(0));
        assertArrayEquals(new float[] {1000, 0}, numbers.targets().row(1));
        FileTargets labels = read("file,cat,dog\n1.png,1,0\n2.png,1,1\n", Task.MULTI_LABEL, null);
        assertEquals(TargetKind.MULTI_LABEL, labels.targets().kind());
        assertArrayEquals(new float[] {1, 1}, labels.targets().row(1));
    }

    @Test
    void aModelsOutputsKeepTheirOrder() throws IOException {
        TargetSpec numbers = new TargetSpec(TargetKind.REGRESSION, List.of("weight", "height"));
        assertArrayEquals(
                new float[] {2, 1},
                read("file,height,weight\n1.png,1,2\n", null, numbers).targets().row(0));
        TargetSpec labels = new TargetSpec(TargetKind.MULTI_LABEL, List.of("z", "a", "b"));
        assertArrayEquals(
                new float[] {1, 1, 0},
                read("file,labels\n1.png,a;z\n", null, labels).targets().row(0));
        BadFileException e =
                assertThrows(BadFileException.class, () -> read("file,labels\n1.png,a\n2.png,q\n", null, labels));
        assertTrue(e.getMessage().contains("line 3") && e.getMessage().contains("got \"q\""), e.getMessage());
        assertThrows(BadFileException.class, () -> read("file,height\n1.png,1\n", null, numbers));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "`` # # expected a line that names the columns, got an empty file",
                "file,labels # # expected a line for each picture, got the names of the columns alone",
                "file;labels~1.png;cat # # line 1: expected names of at least two columns",
                "file,x~1.png,2~2.png # # line 3: expected 2 cells, as in the first line, got 1",
                "file,x~1.png,2~1.png,3 # # line 3: expected each picture once, got \"1.png\" again, as in line 2",
                "file,x~1.png,2~/etc/x.png,3 # # line 3: expected a picture's path from the folder on",
                "file,x~../1.png,2 # # line 2: expected a picture's path from the folder on, got \"../1.png\"",
                "file,x~,2 # # line 2: expected a picture's path",
                "file,x,y~1.png,2,tall # # line 2: column \"y\": expected a number, got \"tall\"",
                "file,x~1.png,NaN # # line 2: column \"x\": expected a number, got \"NaN\"",
                "file,species~1.png,oak # # got \"oak\"; names stand in a column called labels",
                "file,x~1.png,2 # MULTI_LABEL # line 2: column \"x\": expected 1 or 0, got \"2\"",
                "file,x~1.png,2 # CLASSES # line 1: expected one column called labels",
                "file,labels~1.png,a;b # CLASSES # expected one class, got \"a;b\"; --task multi-label takes several",
                "file,labels~1.png,a # REGRESSION # line 1: expected a column of numbers for each output",
                "file,labels~1.png,a # # expected at least two classes in column labels, got [a]",
                "file,x,x~1.png,1,2 # # line 1: expected a name of its own for each column",
                "file,labels~1.png,\"a # # expected CSV"
            })
    void faultsNameTheFileTheLineAndWhatIsExpected(String text, Task task, String part) {
        BadFileException e = assertThrows(
                BadFileException.class, () -> read(text.isEmpty() ? "" : text.replace("~", "\n") + "\n", task, null));
        assertTrue(e.getMessage().contains("targets.csv") && e.getMessage().contains(part), e.getMessage());
    }

    @Test
    void otherBytesThanTextAreRefused() throws IOException {
        Path file = Files.write(
                directory.resolve("latin.csv"), "file,labels\n1.png,Bär\n".getBytes(StandardCharsets.ISO_8859_1));
        BadFileException e = assertThrows(BadFileException.class, () -> TargetTable.read(file));
        assertTrue(e.getMessage().contains("UTF-8"), e.getMessage());
    }
}
