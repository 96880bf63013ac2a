package dev.thalweg.bench.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.bench.ThalwegContender;
import dev.thalweg.model.Networks;
import dev.thalweg.tensor.Precision;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import org.junit.jupiter.api.Test;

/** Steps are noted whole; how long they take is not looked at. */
class StepTimelineTest {
    private static final Shape PICTURE = Shape.of(3, 32, 32);

    @Test
    void notesAllThatIsAddedUp() {
        Timeline timeline = new StepTimeline("cnn", PICTURE, 10, 4, Threads.of(1), Precision.F32).measure(2, 5);
        long parameters = ThalwegContender.parameters(Networks.named("cnn", PICTURE, 10));
        // And the loss.
        assertEquals(Float.BYTES * (parameters + 1), timeline.bytes());
        // Before a step, what the first replica decides, and after it the losses.
        assertEquals(2, timeline.meetings());
        assertTrue(timeline.gradients().getFirst().readyAtSeconds() > 0, timeline::toString);
        assertTrue(timeline.updateSeconds() > 0, timeline::toString);
    }

    @Test
    void measuresWhatProcessorsSpend() throws Exception {
        HostCosts costs = HostMeasurement.measure();
        assertTrue(costs.perByte() > 0 && costs.perAddedByte() > 0, costs::toString);
    }
}
