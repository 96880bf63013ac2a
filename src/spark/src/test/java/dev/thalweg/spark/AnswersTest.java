package dev.thalweg.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.Model;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.inference.Inference;
import dev.thalweg.model.Networks;
import dev.thalweg.tensor.TargetKind;
import dev.thalweg.tensor.Threads;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a task says of its rows, by one thread or several. */
class AnswersTest {
    @TempDir
    private static Path directory;

    private static List<Row> rows;
    private static Inference inference;

    @BeforeAll
    static void freeze() throws Exception {
        rows = new ArrayList<>();
        try (DataSplit shapes = ShapesDataset.generate(100, 10, 1)) {
            ShapeFolders.write(shapes.train(), directory);
            try (Stream<Path> files = Files.walk(directory);
                    Model model = Model.of(Networks.named("cnn", shapes.train().imageShape(), 10))
                            .backend(BackendChoice.AUTO, Threads.of(3))
                            .seed(1)) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    rows.add(RowFactory.create(file.toString(), Files.readAllBytes(file)));
                }
                inference = model.inference(Inference.Mode.THROUGHPUT, 1, FrozenModel.BATCH);
            }
        }
    }

    @AfterAll
    static void close() {
        inference.close();
    }

    private static List<Row> answered(List<Row> asked, boolean skipsBad, int threads) {
        AnswerColumns columns = new AnswerColumns(TargetKind.CLASSES);
        List<Row> all = new ArrayList<>();
        try (Answers answers = new Answers(asked.iterator(), inference, columns, skipsBad, 7, threads)) {
            answers.forEachRemaining(all::add);
        }
        return all;
    }

    /** More than three batches, of which the last is not full. */
    @Test
    void severalThreadsSayWhatOneSays() {
        List<Row> alone = answered(rows, false, 1);
        List<Row> together = answered(rows, false, 3);
        assertEquals(rows.size(), alone.size());
        for (int i = 0; i < alone.size(); i++) {
            assertEquals(rows.get(i).get(0), together.get(i).get(0));
            assertEquals(alone.get(i).get(1), together.get(i).get(1));
            assertArrayEquals(
                    (Float[]) alone.get(i).get(2), (Float[]) together.get(i).get(2));
        }
    }

    @Test
    void aPictureThatCannotBeReadIsNamedByItsPlace() {
        List<Row> some = new ArrayList<>(rows);
        some.set(40, RowFactory.create("bad", "no picture".getBytes(StandardCharsets.US_ASCII)));
        Exception thrown = assertThrows(Exception.class, () -> answered(some, false, 2));
        assertTrue(thrown.toString().contains("picture 40 of partition 7"), thrown.toString());
        List<Row> passed = answered(some, true, 2);
        assertTrue(passed.get(40).isNullAt(1));
        assertEquals(1, passed.stream().filter(row -> row.isNullAt(1)).count());
    }
}
