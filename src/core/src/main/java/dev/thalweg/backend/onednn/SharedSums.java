package dev.thalweg.backend.onednn;

/** Numbers of a program that are added up over all replicas in each run. */
interface SharedSums {
    /** Begins, when the numbers are there. */
    void start();

    /** Ends, when the collective is done. */
    void end();
}
