package dev.thalweg.spark;

import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkContext$;
import org.apache.spark.SparkEnv;

/** How many cores Spark gives, which is told in several places. */
final class Cores {
    private Cores() {}

    /** {@return how many this executor has, for all its tasks together} */
    static int ofExecutor() {
        return ofExecutor(SparkEnv.get().conf(), Runtime.getRuntime().availableProcessors());
    }

    /** Where nothing is said of it, a standalone executor has all of its machine, and others have one. */
    static int ofExecutor(SparkConf conf, int processors) {
        String master = conf.get("spark.master", "");
        if (master.equals("local") || master.startsWith("local[")) {
            return SparkContext$.MODULE$.numDriverCores(master);
        }
        return conf.getInt("spark.executor.cores", master.startsWith("spark:") ? processors : 1);
    }

    /** {@return how many tasks can run at a time on all executors} */
    static int slots(SparkContext context) {
        return slots(context.conf(), context.defaultParallelism());
    }

    /** What Spark calls its parallelism are cores, unless the user has said how many tasks there shall be. */
    static int slots(SparkConf conf, int parallelism) {
        return conf.contains("spark.default.parallelism")
                ? parallelism
                : Math.max(1, parallelism / conf.getInt("spark.task.cpus", 1));
    }
}
