package dev.thalweg.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Holding answers against the description finds what is wrong. */
class ApiDescriptionTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "true | GET | /v2/health/live | 200 | {\"live\":true}",
                "false | GET | /v2/health/live | 200 | {\"live\":\"yes\"}",
                "false | GET | /v2/health/live | 201 | {\"live\":true}",
                "true | GET | /v2/models/a/ready | 200 | {\"name\":\"a\",\"ready\":true}",
                "false | GET | /v2/models/a/ready | 200 | {\"name\":1,\"ready\":true}",
                "false | POST | /v2/models/a/infer | 400 | {\"problem\":\"a\"}",
                "true | POST | /v2/models/a/infer | 400 | {\"error\":\"a\"}",
                "false | POST | /v2/models/a/infer | 200 | {\"model_name\":\"a\",\"outputs\":[{\"name\":\"b\"}]}",
                "true | GET | /elsewhere | 200 | {}"
            })
    void findsWhatIsWrong(boolean right, String method, String path, int status, String body) {
        assertEquals(
                right,
                ApiDescription.problem(method, path, status, "application/json", body)
                        .isEmpty());
    }
}
