// Lucene 8 with its own analysers, as a peer to measure against: a field for each language, BM25,
// ten hits whose stored records are loaded.
//
// java -cp … Lucene index FILE DIR THREADS | batch QUERIES DIR | search DIR WORD…

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.ar.ArabicAnalyzer;
import org.apache.lucene.analysis.core.WhitespaceAnalyzer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.miscellaneous.PerFieldAnalyzerWrapper;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.queryparser.classic.MultiFieldQueryParser;
import org.apache.lucene.queryparser.classic.QueryParser;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopScoreDocCollector;
import org.apache.lucene.store.MMapDirectory;

public final class Lucene {
    private static final String[] END = new String[0];

    public static void main(String[] arguments) throws Exception {
        switch (arguments[0]) {
            case "index" -> index(Path.of(arguments[1]), Path.of(arguments[2]),
                    Integer.parseInt(arguments[3]));
            case "batch" -> search(Path.of(arguments[2]), Files.readAllLines(Path.of(arguments[1])));
            case "search" -> search(Path.of(arguments[1]), List.of(String.join(" ",
                    List.of(arguments).subList(2, arguments.length))));
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static Analyzer analyzer() {
        return new PerFieldAnalyzerWrapper(new WhitespaceAnalyzer(),
                Map.of("en", new EnglishAnalyzer(), "ar", new ArabicAnalyzer()));
    }

    private static void index(Path file, Path folder, int threads) throws Exception {
        var config = new IndexWriterConfig(analyzer()).setRAMBufferSizeMB(100.0 * threads);
        try (var directory = new MMapDirectory(folder);
                var writer = new IndexWriter(directory, config)) {
            BlockingQueue<String[]> queue = new ArrayBlockingQueue<>(1000);
            var workers = new Thread[threads];
            for (int i = 0; i < threads; i++) {
                workers[i] = new Thread(() -> work(writer, queue));
                workers[i].start();
            }
            try (var lines = Files.newBufferedReader(file)) {
                for (String line; (line = lines.readLine()) != null; ) {
                    queue.put(new String[] {line});
                }
            }
            queue.put(END);
            for (var worker : workers) {
                worker.join();
            }
            writer.commit();
        }
    }

    private static void work(IndexWriter writer, BlockingQueue<String[]> queue) {
        try {
            for (String[] item; (item = queue.take()) != END; ) {
                var record = parse(item[0]);
                var document = new Document();
                document.add(new StringField("id", record[0], Field.Store.YES));
                document.add(new StoredField("title", record[1]));
                document.add(new TextField("ar".equals(record[3]) ? "ar" : "en",
                        record[1] + "\n" + record[2], Field.Store.YES));
                writer.addDocument(document);
            }
            queue.put(END);
        } catch (IOException | InterruptedException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** The values of id, title, text and lang of a flat JSON object. */
    private static String[] parse(String line) {
        var values = new String[] {"", "", "", ""};
        int at = line.indexOf('{') + 1;
        var text = new StringBuilder();
        while (at < line.length() && line.charAt(at) != '}') {
            at = string(line, line.indexOf('"', at), text);
            int place = switch (text.toString()) {
                case "id" -> 0;
                case "title" -> 1;
                case "text" -> 2;
                case "lang" -> 3;
                default -> -1;
            };
            at = string(line, line.indexOf('"', at), text);
            if (place >= 0) {
                values[place] = text.toString();
            }
            while (at < line.length() && line.charAt(at) != ',' && line.charAt(at) != '}') {
                at++;
            }
            if (at < line.length() && line.charAt(at) == ',') {
                at++;
            }
        }
        return values;
    }

    private static int string(String line, int at, StringBuilder text) {
        text.setLength(0);
        for (at++; line.charAt(at) != '"'; at++) {
            char c = line.charAt(at);
            if (c != '\\') {
                text.append(c);
                continue;
            }
            c = line.charAt(++at);
            switch (c) {
                case 'n' -> text.append('\n');
                case 't' -> text.append('\t');
                case 'r' -> text.append('\r');
                case 'b' -> text.append('\b');
                case 'f' -> text.append('\f');
                case 'u' -> {
                    text.append((char) Integer.parseInt(line.substring(at + 1, at + 5), 16));
                    at += 4;
                }
                default -> text.append(c);
            }
        }
        return at + 1;
    }

    private static void search(Path folder, List<String> queries) throws Exception {
        try (var directory = new MMapDirectory(folder);
                var reader = DirectoryReader.open(directory);
                var out = new PrintWriter(new BufferedWriter(
                        new OutputStreamWriter(System.out, StandardCharsets.UTF_8)))) {
            var searcher = new IndexSearcher(reader);
            var parser = new MultiFieldQueryParser(new String[] {"en", "ar"}, analyzer());
            int number = 0;
            for (var line : queries) {
                number++;
                var query = parser.parse(QueryParser.escape(line));
                // Counting stops at ten hits, so that whole blocks can be passed over.
                var collector = TopScoreDocCollector.create(10, 10);
                searcher.search(query, collector);
                int rank = 0;
                for (ScoreDoc hit : collector.topDocs().scoreDocs) {
                    var record = searcher.doc(hit.doc);
                    out.println(number + " Q0 " + record.get("id") + " " + ++rank + " " + hit.score
                            + " lucene");
                }
            }
        }
    }
}
