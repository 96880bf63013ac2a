package dev.thalweg.report;

import dev.thalweg.text.Counted;
import dev.thalweg.train.Callback;
import dev.thalweg.train.EpochResult;
import dev.thalweg.train.Training;
import java.io.PrintStream;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Shows a training on a terminal: a bar for each epoch with pictures per second, loss, accuracy and the time left, and
 * one line when the epoch is done. Where the output is no terminal, only the lines.
 */
public final class ConsoleProgress implements Callback {
    private final PrintStream out;
    private final boolean terminal;
    /** Null but within an epoch, on a terminal. */
    private @Nullable ProgressBar bar;

    /**
     * Shows a training on a stream.
     *
     * @param out where
     * @param terminal whether it can redraw a line
     */
    public ConsoleProgress(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** Shows a training on standard output. */
    @SuppressWarnings("SystemConsoleNull") // JDK 22 always has a console, 25 has none again where there is no terminal.
    public ConsoleProgress() {
        this(System.out, System.console() != null && System.console().isTerminal());
    }

    @Override
    public void onBatchEnd(Training training, Progress progress) {
        if (!terminal) {
            return;
        }
        ProgressBar shown = bar;
        if (shown == null) {
            shown = new ProgressBarBuilder()
                    .setTaskName("Epoch " + progress.epoch() + "/" + training.epochs())
                    .setInitialMax(training.data().size())
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUnit(" images", 1)
                    .showSpeed()
                    .clearDisplayOnFinish()
                    .setUpdateIntervalMillis(200)
                    .build();
            bar = shown;
        }
        shown.setExtraMessage(" " + TargetText.line("", progress.loss(), progress.metrics()));
        shown.stepTo(progress.images());
    }

    @Override
    public void onEpochEnd(Training training, EpochResult result) {
        closeBar();
        out.println(line(training, result));
    }

    @Override
    public void onTrainEnd(Training training) {
        closeBar();
        training.history().stopReason().ifPresent(reason -> out.println("Stopped: " + reason));
    }

    private void closeBar() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }

    private static String line(Training training, EpochResult result) {
        String validation = result.validation()
                .map(v -> "  " + TargetText.line("validation ", v.loss(), v.metrics()))
                .orElse("");
        String skipped = result.skippedSteps() == 0
                ? ""
                : "  " + Counted.of(result.skippedSteps(), "step") + " skipped: their gradients were not finite";
        return String.format(
                Locale.ROOT,
                "Epoch %d/%d  %,.0f images/s  %s%s%s",
                result.epoch(),
                training.epochs(),
                training.data().size() / result.seconds(),
                TargetText.line("", result.loss(), result.metrics()),
                validation,
                skipped);
    }
}
