package dev.thalweg.report;

import dev.thalweg.data.ImageDataset;
import dev.thalweg.files.AtomicFile;
import dev.thalweg.picture.RenderedPicture;
import dev.thalweg.train.Callback;
import dev.thalweg.train.EpochResult;
import dev.thalweg.train.Evaluation;
import dev.thalweg.train.Training;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a training as TensorBoard reads it ({@code tensorboard --logdir DIRECTORY}): scalars and histograms of the
 * weights after every epoch, and the first pictures once. The step is the epoch. Where a training goes on from a
 * checkpoint, each epoch is there once: what was written after the checkpoint is taken out of the earlier files. A
 * training that begins anew hides what an earlier one wrote.
 */
public final class TensorBoardLog implements Callback {
    private static final int PICTURES = 8;

    private final Path directory;
    /** Null but in a training. */
    private @Nullable EventFile events;

    /**
     * Writes a training.
     *
     * @param directory where; each training adds a file to it
     */
    public TensorBoardLog(Path directory) {
        this.directory = directory;
    }

    @FunctionalInterface
    private interface Writing {
        void to(EventFile file) throws IOException;
    }

    private void write(EventFile file, Writing writing) {
        try {
            writing.to(file);
            file.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(new IOException(directory + ": " + e.getMessage(), e));
        }
    }

    @Override
    public void onTrainBegin(Training training) {
        int done = training.history().epochs().size();
        boolean goesOn = done > 0 || training.withinEpoch();
        try {
            List<Path> earlier = EventRecords.files(directory);
            if (goesOn) {
                EventRecords.dropAfter(done, earlier);
            }
            EventFile opened = EventFile.in(directory);
            events = opened;
            AtomicFile.removeLeftovers(directory);
            if (!earlier.isEmpty()) {
                write(opened, file -> file.restart(goesOn ? done + 1 : 0));
            }
            if (!goesOn || earlier.isEmpty()) {
                write(opened, file -> pictures(training.data(), file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void pictures(ImageDataset data, EventFile file) throws IOException {
        for (int i = 0; i < Math.min(PICTURES, data.size()); i++) {
            file.image(
                    0,
                    "pictures/" + i + " " + TargetText.of(data, i),
                    data.imageShape().dim(2),
                    data.imageShape().dim(1),
                    data.imageShape().dim(0) == 3,
                    RenderedPicture.png(PictureFiles.image(data, i)));
        }
    }

    @Override
    public void onEpochEnd(Training training, EpochResult result) {
        EventFile open = events;
        if (open == null) {
            throw new IllegalStateException("an epoch ended in no training");
        }
        write(open, file -> {
            scalars(file, result.epoch(), "training", result.loss(), result.metrics());
            file.scalar(result.epoch(), "learning rate", result.learningRate());
            file.scalar(result.epoch(), "seconds", result.seconds());
            if (result.validation().isPresent()) {
                Evaluation validation = result.validation().get();
                scalars(file, result.epoch(), "validation", validation.loss(), validation.metrics());
            }
            for (Map.Entry<String, float[]> weights : training.weights().entrySet()) {
                file.histogram(result.epoch(), weights.getKey(), Histogram.of(weights.getValue()));
            }
        });
    }

    private static void scalars(EventFile file, int epoch, String part, double loss, Map<String, Double> metrics)
            throws IOException {
        file.scalar(epoch, "loss/" + part, loss);
        for (Map.Entry<String, Double> metric : metrics.entrySet()) {
            file.scalar(epoch, metric.getKey().toLowerCase(Locale.ROOT) + "/" + part, metric.getValue());
        }
    }

    @Override
    public void onTrainEnd(Training training) {
        if (events != null) {
            write(events, EventFile::close);
            events = null;
        }
    }
}
