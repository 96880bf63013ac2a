package dev.thalweg.container;

import java.io.IOException;
import java.util.List;

/** Programs that are started, and have to end well. */
final class Commands {
    private Commands() {}

    static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).inheritIO().start();
        int status = process.waitFor();
        if (status != 0) {
            throw new IOException("expected 0 of " + List.of(command) + ", got " + status);
        }
    }
}
