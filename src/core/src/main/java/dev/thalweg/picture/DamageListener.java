package dev.thalweg.picture;

import java.io.IOException;
import java.util.List;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import org.jspecify.annotations.Nullable;

/** Hears what decoders warn of, and tells missing or undecodable samples from the harmless. */
final class DamageListener implements IIOReadWarningListener {
    private final List<String> damage;
    private @Nullable String found;

    /**
     * Has heard nothing yet.
     *
     * @param damage what decoders say of missing or undecodable samples
     */
    DamageListener(List<String> damage) {
        this.damage = damage;
    }

    @Override
    public void warningOccurred(ImageReader source, String warning) {
        if (found == null && damage.stream().anyMatch(warning::contains)) {
            found = warning;
        }
    }

    void check() throws IOException {
        if (found != null) {
            throw new IOException(found);
        }
    }
}
