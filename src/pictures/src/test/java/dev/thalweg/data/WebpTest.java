package dev.thalweg.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** WebP files that are damaged or hostile. What sound ones give is held against Pillow elsewhere. */
class WebpTest {
    private static final String LOSSLESS_WEBP = "UklGRlYAAABXRUJQVlA4TEoAAAAvCIABAB8gpiH61zCXNtoJBMjUggoLCAUQgPw"
            + "NgoqlNf9x9kUQUBPJVvODA8SggBY1ORmipkYKJQailoj+xwxkNImBVcJf0Depxg==";
    private static final String LOSSY_WEBP = "UklGRuYAAABXRUJQVlA4INoAAACwBgCdASoYABEAPxF6tVOsJ6UiqAqpgCIJ"
            + "bACdMoR4SKtsK+uhmf2A1oDecAEO1psv5TgXn5CIGD7SpLDf6AD8ZAjlvAU3BXnKEKBsxd5duPEbbOp99WibCPYvx7rOS94q"
            + "3XiGsymsWM7eqvsXbzfL+MM5p3BxNp+HcdiwgrF0SiGT7S5q82ywLQL/yFifBki8dqbCI+Bi/+jewzjpb7nsVZiJ+m7GF0lD"
            + "RcD/sUjmBH/aPZOlSBv7LJvXs6MNMfXtJigWfxuj6w1bPtorvuX4FH1Qi8tIiaAAAA==";

    @TempDir
    private Path folder;

    private static byte[] lossless() {
        return Base64.getDecoder().decode(LOSSLESS_WEBP);
    }

    private static Map<String, byte[]> samples() {
        return Map.of(
                "lossless.webp", lossless(), "lossy.webp", Base64.getDecoder().decode(LOSSY_WEBP));
    }

    @Test
    void theContentDecidesNotTheName() throws IOException {
        for (byte[] content : samples().values()) {
            Pictures.Header header = Pictures.header(Files.write(folder.resolve("picture.png"), content))
                    .orElseThrow();
            assertEquals("WEBP", header.format());
            boolean small = header.width() == 9;
            assertEquals(small ? 7 : 17, header.height());
            assertEquals(small ? 9 : 24, header.width());
        }
    }

    @Test
    void whatIsCutOffAnywhereIsRefusedOrRight() throws IOException {
        DamagedPictures.cutOff(folder, samples());
    }

    @Test
    void nothingButTheDocumentedExceptionLeaves() throws IOException {
        DamagedPictures.changed(folder, samples());
    }

    @Test
    void hostileSizesAreRefusedBeforeAnythingIsAllocated() throws IOException {
        byte[] hostile = lossless();
        ByteBuffer.wrap(hostile).order(ByteOrder.LITTLE_ENDIAN).putInt(21, 0xffff_ffff >>> 4);
        DamagedPictures.refusedBeforeAnythingIsAllocated(Files.write(folder.resolve("hostile.webp"), hostile));
    }
}
