package dev.thalweg.cli;

import dev.thalweg.tensor.TargetKind;

/** What a model shall say of a picture, as it is typed. */
enum Task {
    CLASSES(TargetKind.CLASSES),
    MULTI_LABEL(TargetKind.MULTI_LABEL),
    REGRESSION(TargetKind.REGRESSION);

    private final TargetKind kind;

    Task(TargetKind kind) {
        this.kind = kind;
    }

    TargetKind kind() {
        return kind;
    }

    static Task of(TargetKind kind) {
        return switch (kind) {
            case CLASSES -> CLASSES;
            case MULTI_LABEL -> MULTI_LABEL;
            case REGRESSION -> REGRESSION;
        };
    }

    /** As it is typed. */
    @Override
    public String toString() {
        return EnumWords.of(this);
    }
}
