package dev.thalweg.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.model.Networks;
import dev.thalweg.train.History;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RemoteTrainingTest {
    private static final History NOTHING_YET = new History(List.of(), Optional.empty(), List.of());

    /** What callbacks decide they decide anew in another attempt; nobody else is asked again. */
    @Test
    void aStopFromOutsideOutlivesAnAttempt() throws Exception {
        List<String> sent = new ArrayList<>();
        try (DataSplit shapes = ShapesDataset.generate(20, 10, 1)) {
            RemoteTraining training = new RemoteTraining(
                    Networks.named("cnn", shapes.train().imageShape(), 10), shapes.train(), sent::add);
            training.stand(new CallbackEvent.Standing(3, 2, 1, 1, 1, RecordForm.of(NOTHING_YET)));
            training.stop("a callback decides");
            assertEquals(new CallbackReply.Decided("a callback decides", 1, null), training.decision());
            training.begin();
            assertNull(((CallbackReply.Decided) training.decision()).stop());
            Thread.ofPlatform().start(() -> training.stop("somebody asks")).join();
            training.begin();
            assertEquals(new CallbackReply.Decided("somebody asks", 1, null), training.decision());
            assertEquals(Optional.of("somebody asks"), training.history().stopReason());
        }
        assertEquals(List.of("a callback decides", "somebody asks"), sent);
    }
}
