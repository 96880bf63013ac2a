package dev.thalweg.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class ChannelSumsTest {
    @Test
    void partsMakeTheWhole() {
        try (DataSplit shapes = ShapesDataset.generate(30, 20, 1);
                DataSplit others = ShapesDataset.generate(20, 30, 2)) {
            ChannelSums first = ChannelSums.of(shapes.train());
            ChannelSums second = ChannelSums.of(others.train());
            ChannelSums all = first.plus(second);
            assertEquals(50 * 32 * 32, all.pixels());
            assertEquals(all, second.plus(first));
            assertEquals(first.sums().get(2) + second.sums().get(2), all.sums().get(2));
            assertEquals(ChannelStatistics.standardization(shapes.train()), first.standardization());
        }
    }

    /** Bytes 1 and 3 of the one channel, 5 and 5 of the other. */
    @Test
    void meansAndDeviationsAreThoseOfTheirBytes() {
        ChannelSums sums = new ChannelSums(2, List.of(4L, 10L), List.of(10L, 50L));
        assertEquals(new Normalization(List.of(2 / 255f, 5 / 255f), List.of(1 / 255f, 1f)), sums.standardization());
    }

    @Test
    void channelsMustBeTheSame() {
        ChannelSums one = new ChannelSums(2, List.of(4L), List.of(10L));
        ChannelSums two = new ChannelSums(2, List.of(4L, 4L), List.of(10L, 10L));
        assertThrows(IllegalArgumentException.class, () -> one.plus(two));
        assertThrows(IllegalArgumentException.class, () -> new ChannelSums(2, List.of(4L), List.of()));
    }
}
