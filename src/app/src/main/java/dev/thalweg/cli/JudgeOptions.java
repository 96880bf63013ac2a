package dev.thalweg.cli;

import dev.thalweg.metric.MeanMetric;
import dev.thalweg.metric.Metric;
import dev.thalweg.tensor.TargetKind;
import dev.thalweg.train.Callback;
import dev.thalweg.train.EarlyStopping;
import dev.thalweg.train.Monitor;
import dev.thalweg.train.ReduceLROnPlateau;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** By what the epochs of a training are judged, and what follows from that. */
final class JudgeOptions {
    private static final String LOSS = "loss";
    /** As in history.csv. */
    private static final String VALIDATION = "validation_";
    /** For the names of metrics, before it is known how many outputs there are. */
    private static final int SOME_OUTPUTS = 1000;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--early-stopping",
            paramLabel = "EPOCHS",
            converter = Range.Count.class,
            description =
                    "End when what --monitor names has not got better for so long; keep the best epoch's weights.")
    private @Nullable Integer patience;

    @Option(
            names = "--reduce-on-plateau",
            paramLabel = "EPOCHS",
            converter = Range.Count.class,
            description = "Halve the learning rate when what --monitor names has not got better for so long.")
    private @Nullable Integer plateau;

    @Option(
            names = "--keep-best",
            description = "Keep the best epoch's checkpoint too, by what --monitor names, however old it is; it is a"
                    + " model as well.")
    private boolean keepBest;

    @Option(
            names = "--monitor",
            paramLabel = "METRIC",
            description = "By what these three judge epochs: loss or a metric of the training pictures, or with"
                    + " validation_ before it, of those to validate with, named as in history.csv:"
                    + " validation_accuracy, validation_macro_f1, validation_roc_auc ... of classes,"
                    + " validation_mean_average_precision ... of labels, validation_r2_score ... of numbers (default:"
                    + " ${DEFAULT-VALUE}).")
    private String name = VALIDATION + LOSS;

    /**
     * Refuses a metric that judges nothing, or that there is for no task.
     *
     * @throws WrongArgumentException if that was given
     */
    void check() {
        new GivenOptions(spec).checkNeeds("--monitor", "--early-stopping", "--reduce-on-plateau", "--keep-best");
        if (Stream.of(TargetKind.values())
                .allMatch(kind -> monitored(kind, SOME_OUTPUTS).isEmpty())) {
            throw new WrongArgumentException("--monitor", "one of " + names(), name);
        }
    }

    /** Whether pictures to validate with are looked at. */
    boolean validates() {
        return (patience != null || plateau != null || keepBest) && name.startsWith(VALIDATION);
    }

    /** What of a training is chosen, and by what. */
    String choices() {
        String chosen = Stream.of(
                        patience == null ? "" : "when to stop",
                        patience == null ? "" : "the model's epoch",
                        keepBest ? "the best epoch's checkpoint" : "",
                        plateau == null ? "" : "when to lower the rate")
                .filter(what -> !what.isEmpty())
                .collect(Collectors.joining(", "));
        return chosen.isEmpty() ? "nothing: the model is that of the last epoch" : chosen + ", by " + name;
    }

    /** A number of an epoch, and what has to be measured for it besides what is measured anyway. */
    private record Monitored(Monitor monitor, List<Metric> metrics) {
        String name() {
            return (monitor.validation() ? VALIDATION : "") + monitor.metric();
        }
    }

    /** All numbers by which epochs of such targets can be judged. */
    private static List<Monitored> all(TargetKind kind, int outputs) {
        Metric usual = MeanMetric.usual(kind, 0.5);
        List<Monitored> all = new ArrayList<>(List.of(
                new Monitored(Monitor.LOSS, List.of()),
                new Monitored(new Monitor(usual.name(), false, usual.greaterIsBetter()), List.of()),
                new Monitored(Monitor.VALIDATION_LOSS, List.of()),
                new Monitored(Monitor.validation(usual), List.of())));
        MoreMetrics.of(kind, outputs)
                .forEach(metric -> all.add(new Monitored(Monitor.validation(metric), List.of(metric))));
        return all;
    }

    private static List<String> names() {
        return Stream.of(TargetKind.values())
                .flatMap(kind -> all(kind, SOME_OUTPUTS).stream())
                .map(Monitored::name)
                .distinct()
                .toList();
    }

    private Optional<Monitored> monitored(TargetKind kind, int outputs) {
        return all(kind, outputs).stream().filter(m -> m.name().equals(name)).findFirst();
    }

    /** What is asked of a training on such targets. */
    Judges of(TargetKind kind, int outputs) {
        Monitored monitored = monitored(kind, outputs)
                .orElseThrow(() -> new WrongArgumentException(
                        "--monitor",
                        "one of "
                                + all(kind, outputs).stream()
                                        .map(Monitored::name)
                                        .toList() + " for " + kind,
                        name));
        return new Judges(
                monitored.monitor(),
                monitored.metrics(),
                keepBest ? Optional.of(monitored.monitor()) : Optional.empty(),
                Stream.<Optional<Callback>>of(
                                Optional.ofNullable(plateau)
                                        .map(epochs -> new ReduceLROnPlateau(monitored.monitor(), 0.5, epochs)),
                                Optional.ofNullable(patience)
                                        .map(epochs -> new EarlyStopping(monitored.monitor(), epochs)))
                        .flatMap(Optional::stream)
                        .toList());
    }

    /**
     * Who judges epochs.
     *
     * @param monitor by what
     * @param metrics to be measured for that of the pictures to validate with
     * @param best by what the best checkpoint is kept; empty where none is
     * @param callbacks that end the training or lower its rate
     */
    record Judges(Monitor monitor, List<Metric> metrics, Optional<Monitor> best, List<Callback> callbacks) {}
}
