package dev.thalweg.cli;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import picocli.CommandLine.Option;

/** The folder that a training leaves. */
final class RunFolder {
    @Option(names = "--output", paramLabel = "DIR",
            description = "Folder for the model, the report, the history, checkpoints and TensorBoard's files (default: runs/DATE-TIME).")
    private Path output;

    private Path made;

    Path path() {
        if (made == null) {
            made = output != null ? output : Path.of("runs", DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").format(LocalDateTime.now()));
        }
        return made;
    }

    boolean given() {
        return output != null;
    }

    Path model() {
        return path().resolve("model.safetensors");
    }

    Path history() {
        return path().resolve("history.csv");
    }

    Path report() {
        return path().resolve("report.html");
    }

    Path checkpoints() {
        return path().resolve("checkpoints");
    }

    Path tensorBoard() {
        return path().resolve("tensorboard");
    }
}
