/**
 * Pictures in Parquet files of the form that Hugging Face's data sets have.
 */
// Hardwood has no module descriptor of its own yet, only a name.
@SuppressWarnings("requires-automatic")
module dev.thalweg.parquet {
    requires dev.thalweg;
    requires java.logging;
    requires com.fasterxml.jackson.core;
    // What Hardwood decompresses with and cannot say itself. So is snappy-java, which comes along as all do that have
    // no descriptor.
    requires com.github.luben.zstd_jni;
    requires dev.hardwood.core;

    provides dev.thalweg.data.archive.ContainerReader with
            dev.thalweg.parquet.ParquetReader;
}
