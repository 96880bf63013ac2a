package dev.thalweg.picture;

import java.io.IOException;
import java.util.List;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;

/** Hears what decoders warn of, and tells missing or undecodable samples from the harmless. */
final class DamageListener implements IIOReadWarningListener {
    /** As the IJG's decoder, the JDK's GIF decoder and TwelveMonkeys' WebP decoder say it. */
    private static final List<String> DAMAGE = List.of(
            "premature end",
            "Out-of-sequence code",
            "bad Huffman code",
            "alpha not implemented",
            "Unknown WebP alpha",
            "Nothing to decode");

    private String found;

    @Override
    public void warningOccurred(ImageReader source, String warning) {
        if (found == null && DAMAGE.stream().anyMatch(warning::contains)) {
            found = warning;
        }
    }

    void check() throws IOException {
        if (found != null) {
            throw new IOException(found);
        }
    }
}
