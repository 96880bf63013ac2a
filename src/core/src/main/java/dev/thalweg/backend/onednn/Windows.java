package dev.thalweg.backend.onednn;

import dev.thalweg.graph.Window;
import dev.thalweg.onednn.Sliding;

/** Our windows as oneDNN's numbers. */
final class Windows {
    private Windows() {}

    static Sliding sliding(Window w) {
        return new Sliding(
                new int[] {w.strideHeight(), w.strideWidth()},
                new int[] {w.dilationHeight() - 1, w.dilationWidth() - 1},
                new int[] {w.padTop(), w.padLeft()},
                new int[] {w.padBottom(), w.padRight()});
    }

    static int[] kernel(Window w) {
        return new int[] {w.kernelHeight(), w.kernelWidth()};
    }
}
