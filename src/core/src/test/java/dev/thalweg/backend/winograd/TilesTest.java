package dev.thalweg.backend.winograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/** Counts near the largest integer are exact or refused. */
class TilesTest {
    private static final int HUGE = Integer.MAX_VALUE;

    private static Tiles of(int pictures, int height, int width, int channels) {
        return Tiles.of(pictures, height, width, 1, 1, height, width, channels);
    }

    @Test
    void tilesCoverASide() {
        assertEquals(1, Tiles.tiles(1));
        assertEquals(1, Tiles.tiles(4));
        assertEquals(2, Tiles.tiles(5));
        assertEquals(1 << 29, Tiles.tiles(HUGE));
    }

    @Test
    void moreStripsThanIntegersAreRefused() {
        // 2^16 rows of tiles, 2^16 strips each.
        Tiles tiles = of(1, 1 << 18, 1 << 18, 4096);
        assertThrows(ArithmeticException.class, tiles::strips);
        assertThrows(ArithmeticException.class, tiles::count);
    }

    @Test
    void manyChannelsHaveStripsOfOneTile() {
        assertEquals(1, of(1, 8, 8, 1 << 30).stripTiles());
        assertEquals(1, of(1, 8, 8, HUGE).stripTiles());
    }

    @Test
    void chunksOfKernelsCoverAll() {
        assertEquals(1, KernelChunks.chunks(1024));
        assertEquals(2, KernelChunks.chunks(1025));
        assertEquals(1 << 21, KernelChunks.chunks(HUGE));
    }
}
