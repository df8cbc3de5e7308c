// jsonld-cpp's way from JSON-LD to RDF, for peers.sh: CPU microseconds for each document, contexts in memory.
//   jsonld_cpp_peer CREDENTIAL.json SECONDS URL=FILE...

#include <ctime>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>

#include "jsonld-cpp/DocumentLoader.h"
#include "jsonld-cpp/JSONDocument.h"
#include "jsonld-cpp/JsonLdOptions.h"
#include "jsonld-cpp/JsonLdProcessor.h"
#include "jsonld-cpp/RDFDataset.h"

namespace {

constexpr char document_url[] = "https://badges.example.edu/document.json";

/// Hands out copies of documents that were read once.
class Table final : public DocumentLoader {
  public:
    void add(std::string const& url, std::string const& text) {
        std::istringstream in(text);
        documents_.erase(url);
        documents_.emplace(url, JSONDocument::of(MediaType::json(), in, url));
    }
    std::unique_ptr<RemoteDocument> loadDocument(std::string const& url) override {
        return std::make_unique<JSONDocument>(documents_.at(url));
    }
    Table* clone() const override { return new Table(*this); }

  private:
    std::map<std::string, JSONDocument> documents_;
};

std::string read(std::string const& file) {
    std::ifstream in(file);
    if (!in) throw std::runtime_error("cannot read " + file);
    return {std::istreambuf_iterator<char>(in), {}};
}

double cpu_microseconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

void run(int count, char** words) {
    if (count < 4) throw std::runtime_error("usage: jsonld_cpp_peer CREDENTIAL.json SECONDS URL=FILE...");
    auto loader = std::make_unique<Table>();
    for (int i = 3; i < count; ++i) {
        std::string const pair = words[i];
        auto const end = pair.find('=');
        loader->add(pair.substr(0, end), read(pair.substr(end + 1)));
    }
    loader->add(document_url, read(words[1]));
    JsonLdOptions options(std::move(loader));
    double const seconds = std::stod(words[2]);
    std::size_t quads = JsonLdProcessor::toRDF(document_url, options).numTriples();
    std::size_t done = 0;
    auto const before = cpu_microseconds();
    while (cpu_microseconds() - before < seconds * 1e6) {
        if (JsonLdProcessor::toRDF(document_url, options).numTriples() != quads)
            throw std::runtime_error("other quads");
        ++done;
    }
    std::cout << "quads " << quads << "\nto-rdf " << (cpu_microseconds() - before) / static_cast<double>(done) << '\n';
}

}  // namespace

int main(int count, char** words) try {
    run(count, words);
    return 0;
} catch (std::exception const& failure) {
    std::cerr << failure.what() << '\n';
    return 1;
}
