#include "schemas/result.hpp"

#include <set>

namespace itqan {

void add_unreported(std::vector<Violation>& known, std::vector<Violation> more) {
    std::set<std::string> pointers;
    for (auto const& violation : known)
        pointers.insert(violation.pointer);
    for (auto& violation : more)
        if (!pointers.contains(violation.pointer)) known.push_back(std::move(violation));
}

}  // namespace itqan
