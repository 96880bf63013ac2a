package dev.thalweg.picture;

/** A picture in grey: the luma of ITU-R BT.601, in Pillow's fixed-point arithmetic. */
final class GreyRows implements PictureRows {
    private static final int RED = 19595;
    private static final int GREEN = 38470;
    private static final int BLUE = 7471;

    private final PictureRows colored;
    private final byte[] row;

    private GreyRows(PictureRows colored) {
        this.colored = colored;
        this.row = new byte[Math.multiplyExact(colored.width(), 3)];
    }

    /** {@return a picture in grey, or the same if it is} */
    static PictureRows of(PictureRows rows) {
        return rows.channels() == 1 ? rows : new GreyRows(rows);
    }

    @Override
    public int width() {
        return colored.width();
    }

    @Override
    public int height() {
        return colored.height();
    }

    @Override
    public int channels() {
        return 1;
    }

    @Override
    public void read(int y, byte[] target) {
        colored.read(y, row);
        for (int x = 0; x < width(); x++) {
            int sum = RED * (row[3 * x] & 0xff) + GREEN * (row[3 * x + 1] & 0xff) + BLUE * (row[3 * x + 2] & 0xff);
            target[x] = (byte) (sum + 0x8000 >> 16);
        }
    }
}
