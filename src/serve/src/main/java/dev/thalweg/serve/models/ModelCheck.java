package dev.thalweg.serve.models;

import dev.thalweg.Model;
import dev.thalweg.data.FoundPictures;
import dev.thalweg.inference.InferenceService;
import dev.thalweg.inference.Predictions;
import dev.thalweg.io.BadFileException;
import dev.thalweg.model.Port;
import dev.thalweg.text.PrintableText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

/**
 * Asks a model something before others may. Pictures in a directory {@code check/CLASS/} beside its file must be
 * answered with their class.
 *
 * @param file of the model
 * @param model that was opened
 * @param service that answers for it
 */
record ModelCheck(Path file, Model model, InferenceService service) {
    private static final Duration LONGEST = Duration.ofMinutes(1);

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
        Predictions said = answer(service.submit(List.of(), zeros, LONGEST), "zeros");
        for (Port output : model.network().outputs()) {
            for (float number : said.output(output.name()).outputs().getFirst()) {
                if (!Float.isFinite(number)) {
                    throw new BadFileException(
                            file, "fails its own check: expected numbers as the answer to zeros, got " + number);
                }
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
            String said = answer(service.submitFiles(List.of(Files.readAllBytes(picture)), LONGEST), picture)
                    .classNameOf(0);
            if (!said.equals(expected)) {
                throw new BadFileException(
                        file,
                        "fails its own check: expected \"" + PrintableText.excerpt(expected) + "\" as the answer to "
                                + picture + ", got \"" + PrintableText.excerpt(said) + '"');
            }
        }
    }

    private Predictions answer(CompletableFuture<Predictions> answer, Object asked) throws IOException {
        try {
            return InferenceService.await(answer);
        } catch (TimeoutException e) {
            throw new BadFileException(file, "fails its own check: no answer to " + asked + " within " + LONGEST, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + file + " was checked", e);
        }
    }
}
