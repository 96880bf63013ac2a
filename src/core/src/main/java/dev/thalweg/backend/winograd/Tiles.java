package dev.thalweg.backend.winograd;

/**
 * How pictures fall into tiles of 4×4 results, each computed from 6×6 of a source, and tiles into strips: neighbours in
 * a row of one picture, which are transformed together. Pictures lie channels last, {@code [N, H, W, C]}.
 *
 * @param pictures how many
 * @param sourceHeight of the source, in pixels
 * @param sourceWidth of the source
 * @param padTop rows of zeros that the result's first row sees above the source, at least 0
 * @param padLeft columns of zeros on the left
 * @param height of the result
 * @param width of the result
 * @param stripTiles how many tiles a strip has; where a row of tiles ends sooner, the last ones see zeros
 */
public record Tiles(
        int pictures,
        int sourceHeight,
        int sourceWidth,
        int padTop,
        int padLeft,
        int height,
        int width,
        int stripTiles) {
    /** Products a tile: 6×6. */
    public static final int PRODUCTS = 36;

    /** Results a tile's side. */
    public static final int STEP = 4;

    /** Pixels of the source a tile's side. */
    static final int SIDE = 6;

    /** How many pixels a strip's row of all channels may have, so that a dozen of them stay in the nearest caches. */
    private static final int STRIP_NUMBERS = 4096;

    /**
     * Chooses strips.
     *
     * @param pictures how many
     * @param sourceHeight of the source
     * @param sourceWidth of the source
     * @param padTop rows of zeros above
     * @param padLeft columns of zeros on the left
     * @param height of the result
     * @param width of the result
     * @param channels the most that source or result have
     * @return the tiles
     */
    public static Tiles of(
            int pictures,
            int sourceHeight,
            int sourceWidth,
            int padTop,
            int padLeft,
            int height,
            int width,
            int channels) {
        int columns = tiles(width);
        int most = Math.max(1, STRIP_NUMBERS / STEP / channels);
        int strips = Math.ceilDiv(columns, most);
        return new Tiles(
                pictures, sourceHeight, sourceWidth, padTop, padLeft, height, width, Math.ceilDiv(columns, strips));
    }

    /**
     * {@return how many tiles cover a side of the result}
     *
     * @param results of that side
     */
    public static int tiles(int results) {
        return Math.ceilDiv(results, STEP);
    }

    /** {@return how many strips there are} */
    public int strips() {
        return Math.multiplyExact(pictures, Math.multiplyExact(tiles(height), stripsOfRow()));
    }

    /** {@return how many tiles there are, those that see zeros alone included} */
    public long count() {
        return (long) strips() * stripTiles;
    }

    private int stripsOfRow() {
        return Math.ceilDiv(tiles(width), stripTiles);
    }

    /** The picture that a strip is of. */
    int picture(int strip) {
        return strip / (tiles(height) * stripsOfRow());
    }

    /** The first row of the result that a strip covers. */
    int firstRow(int strip) {
        return strip / stripsOfRow() % tiles(height) * STEP;
    }

    /** The first column of the result that a strip covers. */
    int firstColumn(int strip) {
        return strip % stripsOfRow() * stripTiles * STEP;
    }

    /** How many pixels of the result a strip is wide. */
    int stripWidth() {
        return stripTiles * STEP;
    }
}
