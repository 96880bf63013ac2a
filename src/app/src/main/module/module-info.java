/**
 * The program that trains, tests and runs image classifiers at a terminal, and what it shows: progress, logs, reports.
 */
// j2html, protobuf and xchart have no module descriptors of their own yet, only names.
@SuppressWarnings("requires-automatic")
module dev.thalweg.app {
    requires transitive dev.thalweg;
    requires dev.thalweg.interop;
    requires dev.thalweg.serve;
    requires java.desktop;
    requires java.logging;
    requires com.fasterxml.jackson.databind;
    requires com.google.protobuf;
    requires com.j2html;
    requires info.picocli;
    requires me.tongfei.progressbar;
    requires org.apache.commons.csv;
    requires org.apache.commons.statistics.descriptive;
    requires org.apache.commons.statistics.interval;
    requires org.knowm.xchart;

    exports dev.thalweg.cli;
    exports dev.thalweg.report;

    opens dev.thalweg.cli to
            info.picocli,
            com.fasterxml.jackson.databind;

    uses dev.thalweg.cli.CommandProvider;
}
