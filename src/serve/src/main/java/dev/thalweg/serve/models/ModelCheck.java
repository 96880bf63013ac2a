package dev.thalweg.serve.models;

import dev.thalweg.Model;
import dev.thalweg.data.FoundPictures;
import dev.thalweg.inference.Inference;
import dev.thalweg.inference.Predictions;
import dev.thalweg.io.BadFileException;
import dev.thalweg.model.Port;
import dev.thalweg.text.PrintableText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Asks a model something before others may. Pictures in a directory {@code check/CLASS/} beside its file must be
 * answered with their class.
 *
 * @param file of the model
 * @param model that was opened
 * @param inference that answers for it
 */
record ModelCheck(Path file, Model model, Inference inference) {
    void run() throws IOException {
        checkNumbers();
        checkPictures();
    }

    /** Weights of a training that diverged have every answer be no number. */
    private void checkNumbers() throws IOException {
        Map<String, List<float[]>> zeros = new HashMap<>();
        model.network()
                .inputs()
                .forEach(input ->
                        zeros.put(input.name(), List.of(new float[input.shape().arrayLength()])));
        Predictions said = inference.predict(List.of(), zeros);
        for (Port output : model.network().outputs()) {
            Optional<Float> other =
                    FiniteNumbers.firstOther(said.output(output.name()).outputs());
            if (other.isPresent()) {
                throw new BadFileException(
                        file, "fails its own check: expected numbers as the answer to zeros, got " + other.get());
            }
        }
    }

    private void checkPictures() throws IOException {
        Path check = file.resolveSibling("check");
        if (!Files.isDirectory(check)) {
            return;
        }
        for (Path picture : FoundPictures.in(check).files()) {
            String expected = String.valueOf(check.relativize(picture).getName(0));
            byte[] pixels = inference.decode(picture);
            String said = inference.predict(List.of(pixels)).classNameOf(0);
            if (!said.equals(expected)) {
                throw new BadFileException(
                        file,
                        "fails its own check: expected \"" + PrintableText.excerpt(expected) + "\" as the answer to "
                                + picture + ", got \"" + PrintableText.excerpt(said) + '"');
            }
        }
    }
}
