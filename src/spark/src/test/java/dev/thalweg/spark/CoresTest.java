package dev.thalweg.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CoresTest {
    @ParameterizedTest
    @CsvSource({"local, 1", "local[3], 3", "spark://host:7077, 64", "yarn, 1", "k8s://https://host, 1"})
    void whereNobodySaysHowManyTheMasterDoes(String master, int cores) {
        SparkConf conf = new SparkConf(false).set("spark.master", master);
        assertEquals(cores, Cores.ofExecutor(conf, 64));
        if (!master.startsWith("local")) {
            assertEquals(5, Cores.ofExecutor(conf.set("spark.executor.cores", "5"), 64));
        }
    }

    @Test
    void tasksMayTakeSeveral() {
        SparkConf conf = new SparkConf(false);
        assertEquals(8, Cores.slots(conf, 8));
        conf.set("spark.task.cpus", "4");
        assertEquals(2, Cores.slots(conf, 8));
        assertEquals(1, Cores.slots(conf, 2));
        conf.set("spark.default.parallelism", "6");
        assertEquals(6, Cores.slots(conf, 6));
    }
}
