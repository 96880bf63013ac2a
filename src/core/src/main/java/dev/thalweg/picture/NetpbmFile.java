package dev.thalweg.picture;

import dev.thalweg.picture.Decoded.Layout;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.EOFException;
import java.io.IOException;
import java.util.stream.Stream;

/**
 * A portable bitmap, graymap or pixmap, as text or binary (Netpbm's formats P1 to P6). It is decoded here:
 * TwelveMonkeys' decoder (3.14) scales samples as signed numbers, which is wrong from 128 on unless the greatest is
 * 255.
 *
 * @param width in pixels
 * @param height in pixels
 * @param kind the digit of its name, 1 to 6
 * @param greatest what a sample of full light is
 * @param samples where they begin
 */
record NetpbmFile(int width, int height, int kind, int greatest, long samples) implements PictureHeader {
    static final String[] BEGINNINGS = Stream.of("P1", "P2", "P3", "P4", "P5", "P6")
            .flatMap(name -> Stream.of(" ", "\t", "\n", "\r", "#").map(name::concat))
            .toArray(String[]::new);

    private static final int LAST_TEXT = 3;

    static NetpbmFile read(FileRanges file) throws IOException {
        file.seek(1);
        int kind = file.readUnsignedByte() - '0';
        int width = number(file);
        int height = number(file);
        int greatest = isBitmap(kind) ? 1 : number(file);
        if (width < 1 || height < 1 || greatest < 1 || greatest > 65535) {
            throw new IOException(
                    "a width of " + width + ", a height of " + height + " and a greatest sample of " + greatest);
        }
        NetpbmFile header = new NetpbmFile(width, height, kind, greatest, file.getStreamPosition());
        long least = kind > LAST_TEXT ? header.bytesInRow() : (long) width * header.bands();
        if ((file.length() - header.samples) / height < least && kind != 1) {
            throw new EOFException("the samples are cut off: expected " + height + " rows of " + least
                    + " bytes from byte " + header.samples
                    + ", the file has " + file.length() + " bytes");
        }
        return header;
    }

    private static boolean isBitmap(int kind) {
        return kind % 3 == 1;
    }

    private int bands() {
        return kind % 3 == 0 ? 3 : 1;
    }

    private long bytesInRow() {
        return isBitmap(kind) ? (width + 7L) / 8 : (long) width * bands() * (greatest > 255 ? 2 : 1);
    }

    /** Reads a number and one byte behind it. */
    private static int number(FileRanges file) throws IOException {
        int next = afterSpace(file);
        if (next < '0' || next > '9') {
            throw new IOException(
                    "a byte " + next + " at byte " + (file.getStreamPosition() - 1) + ", expected a number");
        }
        int value = 0;
        while (next >= '0' && next <= '9') {
            if (value > 99_999_999) {
                throw new IOException("a number over 999999999 at byte " + file.getStreamPosition());
            }
            value = value * 10 + next - '0';
            next = file.read();
        }
        return value;
    }

    private static int afterSpace(FileRanges file) throws IOException {
        int next = file.readUnsignedByte();
        boolean comment = false;
        while (comment || next == '#' || next == ' ' || next >= '\t' && next <= '\r') {
            comment = next == '#' || comment && next != '\n' && next != '\r';
            next = file.readUnsignedByte();
        }
        return next;
    }

    @Override
    public Decoded decode(FileRanges file) throws IOException {
        file.seek(samples);
        int inRow = Math.multiplyExact(width, bands());
        byte[] all = new byte[Math.multiplyExact(inRow, height)];
        byte[] row = new byte[kind > LAST_TEXT ? Math.toIntExact(bytesInRow()) : 0];
        for (int y = 0; y < height; y++) {
            if (kind > LAST_TEXT) {
                file.readFully(row);
            }
            for (int i = 0; i < inRow; i++) {
                all[y * inRow + i] = (byte) level(kind > LAST_TEXT ? binary(row, i) : text(file));
            }
        }
        int[] offsets = bands() == 1 ? new int[] {0} : new int[] {0, 1, 2};
        Raster raster = Raster.createInterleavedRaster(
                new DataBufferByte(all, all.length), width, height, inRow, bands(), offsets, null);
        return Decoded.of(raster, bands() == 1 ? Layout.GREY : Layout.RGB);
    }

    private int binary(byte[] row, int i) {
        if (isBitmap(kind)) {
            return row[i / 8] >> 7 - i % 8 & 1;
        }
        return greatest > 255 ? (row[2 * i] & 0xff) << 8 | row[2 * i + 1] & 0xff : row[i] & 0xff;
    }

    private int text(FileRanges file) throws IOException {
        // The digits of a bitmap need no space between them.
        return kind == 1 ? afterSpace(file) - '0' : number(file);
    }

    private int level(int sample) throws IOException {
        if (sample < 0 || sample > greatest) {
            throw new IOException("a sample of " + sample + ", expected 0 to " + greatest);
        }
        if (isBitmap(kind)) {
            return 255 * (1 - sample);
        }
        return greatest == 65535 ? sample >> 8 : (sample * 255 + greatest / 2) / greatest;
    }
}
